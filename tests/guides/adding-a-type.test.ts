import { execFileSync } from 'node:child_process';
import { cpSync, lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { follow, readSections } from './guide-steps.ts';

const root = join(import.meta.dirname, '../..');
const sections = readSections(readFileSync(join(root, 'docs/guides/adding-a-type.md'), 'utf8'));

const checkout = mkdtempSync(join(tmpdir(), 'latchkey-guide-'));
beforeAll(() => {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const files = execFileSync('git', list, { cwd: root, encoding: 'utf8' }).split('\0');
  for (const file of files) {
    // Git also lists what was removed, and links to directories.
    if (!lstatSync(join(root, file), { throwIfNoEntry: false })?.isFile()) continue;
    cpSync(join(root, file), join(checkout, file));
  }
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
});
afterAll(() => rmSync(checkout, { recursive: true }));

describe('docs/guides/adding-a-type.md', { timeout: 600_000 }, () => {
  let isFollowed = true;
  it.each(sections)('can be followed: $title', async ({ steps }) => {
    expect(isFollowed, 'A section before this one cannot be followed').toBe(true);
    isFollowed = false;
    for (const step of steps) await follow(step, checkout);
    isFollowed = true;
  });
});
