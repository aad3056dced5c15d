import pg from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readMigrations } from '../../src/platform/database/migration-files.ts';
import { createScratchDatabase, type ScratchDatabase } from '../support/postgres-server.ts';
import { startScript } from '../support/script-process.ts';

let scratch: ScratchDatabase;
beforeEach(async () => {
  scratch = await createScratchDatabase();
});
afterEach(() => scratch.drop());

function migrateInProcesses(count: number) {
  return Array.from({ length: count }, () => startScript('migrating-process.ts', scratch.url));
}

it('lets one of several instances that start at once migrate, and all of them succeed', async () => {
  const instances = migrateInProcesses(4);
  const codes = await Promise.all(instances.map((instance) => instance.exited));
  expect(codes).toEqual([0, 0, 0, 0]);
  const names = (await readMigrations()).map(({ name }) => name);
  const applied = instances.flatMap((instance) => JSON.parse(instance.lines[0] ?? 'null'));
  expect(applied.sort()).toEqual(names);
});

/** Waits until a session of the database waits for a lock of a kind. */
async function waitForWaiter(kind: 'advisory' | 'relation'): Promise<void> {
  const waiters = `SELECT FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND wait_event = '${kind}' AND datname = '${scratch.name}'`;
  await vi.waitUntil(async () => (await scratch.administer(waiters)).rowCount === 1, 20_000);
}

it('waits for a Prisma command line that is migrating', async () => {
  const commandLine = new pg.Client(scratch.url);
  await commandLine.connect();
  await commandLine.query('SELECT pg_advisory_lock(72707369)');
  const [instance] = migrateInProcesses(1);
  await waitForWaiter('advisory');
  expect(instance?.lines).toEqual([]);
  await commandLine.end();
  await expect(instance?.exited).resolves.toBe(0);
});

it('leaves nothing of a migration whose process is killed, and the next start completes it', async () => {
  const obstacle = new pg.Client(scratch.url);
  await obstacle.connect();
  // Holds the migration up where it creates its first function, after all its tables.
  await obstacle.query('BEGIN; LOCK TABLE pg_catalog.pg_proc IN SHARE MODE');
  const [instance] = migrateInProcesses(1);
  await waitForWaiter('relation');
  await instance?.kill();
  await obstacle.query('COMMIT');

  const [next] = migrateInProcesses(1);
  await expect(next?.exited).resolves.toBe(0);
  const names = (await readMigrations()).map(({ name }) => name);
  expect(JSON.parse(next?.lines[0] ?? 'null')).toEqual(names);
  await obstacle.end();
});
