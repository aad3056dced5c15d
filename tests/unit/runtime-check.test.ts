import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const check = 'scripts/check-runtime.cjs';
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'latchkey-runtime-'));
  mkdirSync(join(directory, 'scripts'));
  cpSync(join(root, check), join(directory, check));
});

afterEach(() => rmSync(directory, { recursive: true }));

/** Puts files where an installation would; the value is the text of an executable. */
function install(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = join(directory, 'node_modules', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o755 });
  }
}

function runCheck({ node = '20.20.2', documents = false }) {
  writeFileSync(
    join(directory, 'pretend.cjs'),
    `Object.defineProperty(process, 'versions', { value: { node: '${node}' } });`,
  );
  const run = spawnSync(
    process.execPath,
    ['-r', './pretend.cjs', check, ...(documents ? ['--documents'] : [])],
    { cwd: directory, encoding: 'utf8' },
  );
  return { status: run.status, advice: run.stderr.trimEnd() };
}

const installed = { 'prisma/package.json': '{}', 'vitest/package.json': '{}' };
const nodePackage = { 'node/package.json': '{}' };

describe('the check before anything runs', () => {
  it.each([
    { what: 'nothing is installed', files: {}, says: 'run `npm ci`.' },
    {
      what: 'development dependencies were left out',
      files: { 'prisma/package.json': '{}' },
      says: 'run `npm ci --include=dev`.',
    },
    {
      what: 'install scripts are switched off',
      files: { ...installed, ...nodePackage },
      says: 'run `npm rebuild node --ignore-scripts=false`.',
    },
    {
      what: 'the Node of npm cannot run, as on musl',
      files: { ...installed, ...nodePackage, 'node/bin/node': '#!/lib/missing-interpreter\n' },
      says: 'then run `npm ci --ignore-scripts`.',
    },
    {
      what: 'the Node of npm was passed over',
      files: { ...installed, ...nodePackage, 'node/bin/node': '#!/bin/sh\nexit 0\n' },
      says: 'as in `npm start`.',
    },
  ])('says in one line what to do when $what', ({ files, says }) => {
    install(files);
    const { status, advice } = runCheck({});
    expect(status).toBe(1);
    expect(advice).toContain(says);
    expect(advice.split('\n')).toHaveLength(1);
  });

  it.each(['22.17.1', '23.5.0', '18.20.8', '0.12.18'])('refuses Node %s', (node) => {
    install({ ...installed, ...nodePackage });
    expect(runCheck({ node })).toMatchObject({
      status: 1,
      advice: expect.stringContaining(`Node ${node} is too old`),
    });
  });

  it.each(['22.18.0', '23.6.0', '24.21.0', '26.0.0'])('lets Node %s pass', (node) => {
    install(installed);
    expect(runCheck({ node })).toEqual({ status: 0, advice: '' });
  });

  it('asks for the development dependencies before tests only', () => {
    install({ 'prisma/package.json': '{}' });
    const node = '24.21.0';
    expect(runCheck({ node })).toEqual({ status: 0, advice: '' });
    expect(runCheck({ node, documents: true })).toMatchObject({
      status: 1,
      advice: expect.stringContaining('npm ci --include=dev'),
    });
  });
});

describe('the runner', () => {
  it('leaves arguments and exit code to the program', () => {
    const entry = join(directory, 'entry.ts');
    writeFileSync(
      entry,
      'console.log(JSON.stringify(process.argv.slice(1)));\nprocess.exit(78);\n',
    );
    const run = spawnSync(process.execPath, ['scripts/run.cjs', entry, 'one', '--two'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(run.status).toBe(78);
    expect(JSON.parse(run.stdout)).toEqual([entry, 'one', '--two']);
  });
});
