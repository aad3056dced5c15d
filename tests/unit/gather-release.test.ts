import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gatherRelease, listNeededPackages } from '../../scripts/gather-release.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'latchkey-release-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function plant(files: Record<string, string | object>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = join(root, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
}

const needed = () => listNeededPackages(root).map((directory) => relative(root, directory));

describe('the packages of a release', () => {
  it('are the dependencies, theirs, and the peers that they insist on', () => {
    plant({
      'package.json': { dependencies: { a: '1' }, devDependencies: { tool: '1' } },
      'node_modules/a/package.json': { dependencies: { b: '1' }, peerDependencies: { peer: '1' } },
      'node_modules/b/package.json': { dependencies: { a: '1' } },
      'node_modules/peer/package.json': {},
      'node_modules/tool/package.json': {},
    });
    expect(needed()).toEqual(['node_modules/a', 'node_modules/b', 'node_modules/peer']);
  });

  it('are not those that a package takes only if they are there', () => {
    plant({
      'package.json': { dependencies: { a: '1' } },
      'node_modules/a/package.json': {
        peerDependencies: { typescript: '1' },
        peerDependenciesMeta: { typescript: { optional: true } },
      },
      'node_modules/typescript/package.json': {},
    });
    expect(needed()).toEqual(['node_modules/a']);
  });

  it('are not the generator of the database client and what it brings', () => {
    plant({
      'package.json': { dependencies: { a: '1', prisma: '1' } },
      'node_modules/a/package.json': {},
      'node_modules/prisma/package.json': { dependencies: { studio: '1' } },
      'node_modules/studio/package.json': {},
    });
    expect(needed()).toEqual(['node_modules/a']);
  });

  it('are found where Node finds them: the nearest first', () => {
    plant({
      'package.json': { dependencies: { a: '1', c: '1' } },
      'node_modules/a/package.json': { dependencies: { c: '2' } },
      'node_modules/a/node_modules/c/package.json': { dependencies: { d: '1' } },
      'node_modules/c/package.json': {},
      'node_modules/d/package.json': {},
    });
    expect(needed()).toEqual([
      'node_modules/a',
      'node_modules/a/node_modules/c',
      'node_modules/c',
      'node_modules/d',
    ]);
  });

  it('are the binaries for this platform, which are optional since others need others', () => {
    const optionalDependencies = { '@img/sharp-linux-x64': '1', '@img/sharp-darwin-arm64': '1' };
    plant({
      'package.json': { dependencies: { sharp: '1' } },
      'node_modules/sharp/package.json': { optionalDependencies },
      'node_modules/@img/sharp-linux-x64/package.json': {},
    });
    expect(needed()).toEqual(['node_modules/@img/sharp-linux-x64', 'node_modules/sharp']);
  });

  it('may lack one that is optional, and no other', () => {
    plant({
      'package.json': { dependencies: { a: '1' } },
      'node_modules/a/package.json': { optionalDependencies: { native: '1' } },
    });
    expect(needed()).toEqual(['node_modules/a']);
    plant({ 'node_modules/a/package.json': { dependencies: { native: '1' } } });
    expect(needed).toThrow('native is not installed, which node_modules/a needs.');
  });
});

describe('a release', () => {
  const own = {
    LICENSE: '',
    'prisma/migrations/1_first/migration.sql': '',
    'prisma/schema.prisma': '',
    'prisma/seed.ts': '',
    'scripts/check.ts': '',
    'scripts/migrate.ts': '',
    'src/main.ts': '',
    '.env': 'SECRET_KEY=…',
  };

  it('has what a server loads, and no types, source maps or engines of other databases', () => {
    const runtime = 'node_modules/@prisma/client/runtime';
    plant({
      ...own,
      'package.json': { dependencies: { '@prisma/client': '1' } },
      'node_modules/@prisma/client/package.json': {},
      'node_modules/@prisma/client/LICENSE': '',
      'node_modules/@prisma/client/node_modules/stray/package.json': {},
      [`${runtime}/client.js`]: '',
      [`${runtime}/client.js.map`]: '',
      [`${runtime}/client.d.ts`]: '',
      [`${runtime}/client.d.mts`]: '',
      [`${runtime}/query_compiler_fast_bg.mysql.mjs`]: '',
      [`${runtime}/query_compiler_fast_bg.postgresql.js`]: '',
      [`${runtime}/query_compiler_fast_bg.postgresql.mjs`]: '',
      [`${runtime}/query_compiler_fast_bg.postgresql.wasm-base64.mjs`]: '',
      [`${runtime}/query_compiler_small_bg.postgresql.mjs`]: '',
    });
    const release = join(root, 'release');
    gatherRelease(root, release);
    const files = readdirSync(release, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(release, join(entry.parentPath, entry.name)));
    expect(files.sort()).toEqual([
      'LICENSE',
      'node_modules/@prisma/client/LICENSE',
      'node_modules/@prisma/client/package.json',
      `${runtime}/client.js`,
      `${runtime}/query_compiler_fast_bg.postgresql.mjs`,
      `${runtime}/query_compiler_fast_bg.postgresql.wasm-base64.mjs`,
      'package.json',
      'prisma/migrations/1_first/migration.sql',
      'prisma/seed.ts',
      'scripts/migrate.ts',
      'src/main.ts',
    ]);
  });

  it('has a place for data that everybody may write to', () => {
    plant({ ...own, 'package.json': {} });
    gatherRelease(root, join(root, 'release'));
    expect(statSync(join(root, 'release/data')).mode & 0o777).toBe(0o777);
  });

  it('is not mixed with what is there already', () => {
    plant({ ...own, 'package.json': {}, 'release/old.ts': '' });
    expect(() => gatherRelease(root, join(root, 'release'))).toThrow('exists already');
  });
});
