import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  DataDirectoryInUseError,
  lockDirectory,
} from '../../src/platform/database/directory-lock.ts';
import { openEmbedded } from '../../src/platform/database/embedded.ts';
import { type ScriptProcess, startScript } from '../support/script-process.ts';

let parent: string;
let dataDir: string;
const started: ScriptProcess[] = [];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'latchkey-lock-'));
  dataDir = join(parent, 'not', 'yet', 'there');
});
afterEach(async () => {
  for (const script of started.splice(0)) await script.kill();
  await rm(parent, { recursive: true });
});

function startHolder(): ScriptProcess {
  const script = startScript('lock-holder-process.ts', dataDir);
  started.push(script);
  return script;
}

function refusal(): string {
  return `The data directory ${dataDir} is in use by another process. Stop that process first.`;
}

it('refuses a directory that another process holds, in one line that names it', async () => {
  const holder = startHolder();
  await holder.printed(1);
  expect(holder.lines).toEqual(['locked']);
  const second = startHolder();
  await expect(second.exited).resolves.toBe(1);
  expect(second.lines).toEqual([refusal()]);
  await expect(openEmbedded({ kind: 'embedded', dataDir })).rejects.toThrow(refusal());
});

it('gives the directory free the moment its holder is killed', async () => {
  const holder = startHolder();
  await holder.printed(1);
  await holder.kill();
  lockDirectory(dataDir).release();
});

it('lets exactly one of several processes that start at once have it', async () => {
  const rivals = Array.from({ length: 4 }, startHolder);
  await Promise.all(rivals.map((rival) => rival.printed(1)));
  const answers = rivals.map((rival) => rival.lines[0]).sort();
  expect(answers).toEqual([refusal(), refusal(), refusal(), 'locked'].sort());
});

it('refuses a second opening in the same process, until the first is closed', () => {
  const lock = lockDirectory(dataDir);
  expect(() => lockDirectory(dataDir)).toThrow(DataDirectoryInUseError);
  lock.release();
  lockDirectory(dataDir).release();
});

it('creates the directory for this user alone', async () => {
  lockDirectory(dataDir).release();
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
});
