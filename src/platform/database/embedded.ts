import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import type { Database, EmbeddedSettings, Listener } from './database.ts';
import { withDeadline } from './deadline.ts';
import { lockDirectory } from './directory-lock.ts';
import { createEmbeddedAdapter } from './embedded-adapter.ts';
import { openPglite } from './pglite.ts';
import { createPrismaClient } from './prisma-client.ts';

const pingDeadlineMs = 3_000;

/**
 * Opens the embedded database under its data directory, creating it when missing.
 *
 * Throws DataDirectoryInUseError when another process has it open.
 */
export async function openEmbedded(settings: EmbeddedSettings): Promise<Database> {
  const lock = lockDirectory(settings.dataDir);
  try {
    const pglite = await openDirectory(settings.dataDir);
    return serve(pglite, lock.release);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Opens an embedded database that lives in memory only, empty or from `PGlite.dumpDataDir`. */
export async function openInMemory(dump?: Blob): Promise<Database> {
  const pglite = await openPglite(dump ? { loadDataDir: dump } : {});
  return serve(pglite, () => undefined);
}

async function openDirectory(dataDir: string): Promise<PGlite> {
  const directory = join(dataDir, 'pglite');
  if (!existsSync(directory)) await createCluster(dataDir, directory);
  return await openPglite({ dataDir: directory, relaxedDurability: false });
}

async function createCluster(dataDir: string, directory: string): Promise<void> {
  // Under another name until it is whole: a process killed in between leaves nothing half made.
  const unfinished = join(dataDir, 'pglite.unfinished');
  rmSync(unfinished, { recursive: true, force: true });
  const pglite = await openPglite({ dataDir: unfinished });
  await pglite.close();
  renameSync(unfinished, directory);
}

function serve(pglite: PGlite, release: () => void): Database {
  const prisma = createPrismaClient(createEmbeddedAdapter(pglite));
  return {
    prisma,
    driver: { kind: 'embedded', pglite },
    ping: async () => {
      await withDeadline(pglite.query('SELECT 1'), pingDeadlineMs);
    },
    listen: (channel, onNotice, onReconnect) => listen(pglite, channel, onNotice, onReconnect),
    notify: async (channel, payload) => {
      await pglite.query('SELECT pg_notify($1, $2)', [channel, payload]);
    },
    close: async () => {
      await prisma.$disconnect();
      await pglite.close();
      release();
    },
  };
}

async function listen(
  pglite: PGlite,
  channel: string,
  onNotice: (payload: string) => void,
  onReconnect: () => void,
): Promise<Listener> {
  // PGlite folds a name to lower case unless it is quoted.
  const stop = await pglite.listen(`"${channel}"`, onNotice);
  onReconnect();
  return {
    close: async () => {
      if (!pglite.closed) await stop();
    },
  };
}
