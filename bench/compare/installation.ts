import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { listNeededPackages } from '../../scripts/gather-release.ts';
import type { Installation } from './system.ts';

/** Installs the packages of a peer that has a lockfile of its own, unless that was done. */
export function install(name: string): void {
  const folder = join(import.meta.dirname, '../peers', name);
  const lockfile = join(folder, 'package-lock.json');
  const installed = join(folder, 'node_modules/.package-lock.json');
  if (!existsSync(lockfile)) return;
  const isCurrent =
    existsSync(installed) && lstatSync(installed).mtimeMs >= lstatSync(lockfile).mtimeMs;
  if (isCurrent) return;
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('its packages could not be installed');
}

/** Adds up what a server needs on its disk, in bytes; null where it does not come through npm. */
export function installedBytes({ root, own }: Installation): number | null {
  if (!existsSync(join(root, 'package.json'))) return null;
  const parts = own ?? readdirSync(root).filter((name) => name !== 'node_modules');
  return [...parts.map((part) => join(root, part)), ...listNeededPackages(root)]
    .map(sizeOf)
    .reduce((sum, size) => sum + size, 0);
}

/** Leaves out packages inside: those that are needed are listed themselves. */
function sizeOf(path: string): number {
  const entry = lstatSync(path);
  if (!entry.isDirectory()) return entry.size;
  return readdirSync(path)
    .filter((name) => name !== 'node_modules')
    .reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
