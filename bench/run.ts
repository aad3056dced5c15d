import { readdirSync } from 'node:fs';

/** Lists what can be measured: each is a file of this folder that exports `main`. */
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.replace(/\.ts$/, ''));

const [name = ''] = process.argv.slice(2);
if (names.includes(name)) {
  const { main }: { main(): Promise<void> } = await import(`./${name}.ts`);
  await main();
} else {
  console.error(`Usage: npm run bench -- NAME, where NAME is one of: ${names.join(', ')}`);
  process.exitCode = 1;
}
