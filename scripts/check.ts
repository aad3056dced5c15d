import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Everything that is checked without running the program; each is `node FILE ARGUMENTS…`. */
const steps: [title: string, ...command: string[]][] = [
  [
    'format, lint, boundaries',
    'node_modules/@biomejs/biome/bin/biome',
    'ci',
    '--error-on-warnings',
    '--max-diagnostics=200',
  ],
  ['types', 'node_modules/typescript/bin/tsc', '--noEmit'],
  ['dead code and dependencies', 'node_modules/knip/bin/knip.js'],
  ['schema.graphql, docs/schema.md say what the code says', 'scripts/print-schema.ts', '--check'],
  ['migrations lead to prisma/schema.prisma', 'scripts/migration.ts', '--check'],
];

let failed = 0;
for (const [title, ...command] of steps) {
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  process.stdout.write(`${status === 0 ? '✔' : '✘'} ${title}\n`);
  if (status !== 0) failed += 1;
}
process.stdout.write(`${steps.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
