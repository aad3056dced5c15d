import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process, or another part of this one, has the data directory open. */
export class DataDirectoryInUseError extends Error {
  override readonly name = 'DataDirectoryInUseError';

  constructor(dataDir: string, cause: unknown) {
    super(`The data directory ${dataDir} is in use by another process. Stop that process first.`, {
      cause,
    });
  }
}

/** A lock that is held. */
export interface DirectoryLock {
  release(): void;
}

const sqliteBusy = 5;

// A lock whose object is garbage-collected would be released.
const held = new Set<DatabaseSync>();

/**
 * Locks a directory for this process, creating it with mode 0700 when missing.
 *
 * The lock is the one that SQLite holds on a file in the directory, so the kernel releases it
 * when the process dies, however it dies. Throws DataDirectoryInUseError at once when it is held.
 */
export function lockDirectory(dataDir: string): DirectoryLock {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(dataDir, 'lock.sqlite'), { timeout: 0 });
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) {
      throw new DataDirectoryInUseError(dataDir, error);
    }
    throw error;
  }
  held.add(lock);
  return {
    release: () => {
      held.delete(lock);
      lock.close();
    },
  };
}
