import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const checkout = mkdtempSync(join(tmpdir(), 'latchkey-schema-'));
beforeAll(() => {
  cpSync(join(root, 'scripts'), join(checkout, 'scripts'), { recursive: true });
  cpSync(join(root, 'package.json'), join(checkout, 'package.json'));
  for (const name of ['src', 'node_modules']) symlinkSync(join(root, name), join(checkout, name));
  mkdirSync(join(checkout, 'docs'));
  expect(runPrintSchema()).toMatchObject({ status: 0, stderr: '' });
});

afterAll(() => rmSync(checkout, { recursive: true }));

function runPrintSchema(...parameters: string[]) {
  const command = ['scripts/print-schema.ts', ...parameters];
  return spawnSync(process.execPath, command, { cwd: checkout, encoding: 'utf8' });
}

const drifts: [title: string, name: string, plant: (path: string) => void][] = [
  ['a line more in docs/schema.md', 'docs/schema.md', (path) => appendFileSync(path, '\n')],
  [
    'a word changed in docs/schema.md',
    'docs/schema.md',
    (path) => writeFileSync(path, readFileSync(path, 'utf8').replace('[`User!`]', '[`User`]')),
  ],
  ['no docs/schema.md', 'docs/schema.md', (path) => rmSync(path)],
  ['a line more in schema.graphql', 'schema.graphql', (path) => appendFileSync(path, '\n')],
];

describe('npm run schema -- --check', () => {
  it('takes what npm run schema wrote', () => {
    expect(runPrintSchema('--check')).toMatchObject({ status: 0, stderr: '' });
  });

  it.each(drifts)('refuses %s', (_title, name, plant) => {
    const path = join(checkout, name);
    const written = readFileSync(path);
    plant(path);
    const { status, stderr } = runPrintSchema('--check');
    writeFileSync(path, written);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `${name} is not what the code says. Run \`npm run schema\` and commit it.\n`,
    });
  });
});
