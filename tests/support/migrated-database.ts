import { readFile } from 'node:fs/promises';
import { inject } from 'vitest';
import { openDatabase } from '../../src/platform/database/connect.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { openInMemory } from '../../src/platform/database/embedded.ts';
import { createLog } from '../../src/platform/log.ts';
import { createScratchDatabase, type ScratchDatabase } from './postgres-server.ts';

/**
 * Opens a migrated database of its own, without rows: in memory, or on the PostgreSQL server at
 * TEST_DATABASE_URL, where closing it drops it.
 */
export async function openTestDatabase(): Promise<Database> {
  const template = inject('databaseTemplate');
  return template.kind === 'embedded'
    ? await openInMemory(new Blob([await readFile(template.dumpFile)]))
    : await openScratch(await createScratchDatabase(template.name));
}

/** Opens a database of its own, like `openTestDatabase`, to which no migration was applied. */
export async function openEmptyTestDatabase(): Promise<Database> {
  if (inject('databaseTemplate').kind === 'postgres') {
    return await openScratch(await createScratchDatabase());
  }
  const database = await openTestDatabase();
  // Faster than to create one anew.
  await database.prisma.$executeRaw`DROP SCHEMA public CASCADE`;
  await database.prisma.$executeRaw`CREATE SCHEMA public`;
  return database;
}

async function openScratch(scratch: ScratchDatabase): Promise<Database> {
  const database = await openDatabase(
    scratch.settings,
    createLog({ level: 'warn', format: 'json' }),
  );
  return {
    ...database,
    close: async () => {
      await database.close();
      await scratch.drop();
    },
  };
}

/** Removes all rows but those that are made once at start: built-in roles and signing keys. */
export async function emptyTables(database: Database): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await deleteRows(database);
    } catch (error) {
      // It locks all tables, and what the test before left running, such as a mail, some of them.
      const isDeadlock = error instanceof Error && error.message.includes('40P01');
      if (!isDeadlock || tries === 10) throw error;
    }
  }
}

async function deleteRows(database: Database): Promise<void> {
  // As a replica, so that neither foreign keys nor the triggers that keep the audit table append-only
  // stand in the way. Several times as fast as to truncate that many tables, few of which have rows.
  await database.prisma.$executeRaw`
    DO $$
    DECLARE
      tables text[];
      one text;
    BEGIN
      PERFORM set_config('session_replication_role', 'replica', true);
      SELECT array_agg(format('%I.%I', schemaname, tablename) ORDER BY tablename) INTO tables
        FROM pg_tables
        WHERE schemaname = 'public' AND tablename NOT IN ('_prisma_migrations', 'role', 'signing_key')
          OR schemaname = 'pgboss' AND tablename = 'job';
      EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', array_to_string(tables, ', '));
      FOREACH one IN ARRAY tables LOOP
        EXECUTE 'DELETE FROM ' || one;
      END LOOP;
      DELETE FROM role WHERE NOT built_in;
    END
    $$`;
}
