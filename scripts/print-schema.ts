import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { printSchema } from 'graphql';
import { schema } from '../src/graphql/schema.ts';
import { printReference } from './schema-reference.ts';

const sdl = `${printSchema(schema)}\n`;
const files = { 'schema.graphql': sdl, 'docs/schema.md': printReference(sdl) };

for (const [file, text] of Object.entries(files)) {
  const path = new URL(`../${file}`, import.meta.url);
  if (!process.argv.includes('--check')) {
    await writeFile(path, text);
  } else if (!existsSync(path) || (await readFile(path, 'utf8')) !== text) {
    console.error(`${file} is not what the code says. Run \`npm run schema\` and commit it.`);
    process.exitCode = 1;
  }
}
