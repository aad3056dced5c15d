import { readdirSync } from 'node:fs';

/** Lists what can be measured: each is a file of this folder that exports `main`. */
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.replace(/\.ts$/, ''));

/** What is measured when nothing is named, with whatever options are given. */
const comparison = 'compare';

const [word = comparison] = process.argv.slice(2);
const name = word.startsWith('-') ? comparison : word;
if (names.includes(name)) {
  const { main }: { main(): Promise<void> } = await import(`./${name}.ts`);
  await main();
} else {
  console.error(`Usage: npm run bench -- NAME, where NAME is one of: ${names.join(', ')}`);
  process.exitCode = 1;
}
