import { readFile, writeFile } from 'node:fs/promises';
import { printSchema } from 'graphql';
import { schema } from '../src/graphql/schema.ts';

const path = new URL('../schema.graphql', import.meta.url);
const sdl = `${printSchema(schema)}\n`;

if (!process.argv.includes('--check')) {
  await writeFile(path, sdl);
} else if ((await readFile(path, 'utf8')) !== sdl) {
  console.error('schema.graphql is not what the code says. Run `npm run schema` and commit it.');
  process.exitCode = 1;
}
