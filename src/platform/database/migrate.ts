import { isDriverAdapterError } from '@prisma/driver-adapter-utils';
import type { Log } from '../log.ts';
import type { Database } from './database.ts';
import { withMigrationConnection } from './migration-connection.ts';
import { MigrationError } from './migration-error.ts';
import { type Migration, readMigrations } from './migration-files.ts';
import { findUnknown, readHistory, selectPending } from './migration-history.ts';
import { applyMigrations, type EngineConnection } from './schema-engine.ts';

/**
 * Brings the tables of a database up to date; returns the names of the migrations it applied.
 *
 * To be called before anything else uses the database. Any number of instances may call it at
 * once: one applies, the others wait for it. Each migration is one transaction together with its
 * row in the history table, so one that fails leaves nothing and is tried again with the next
 * call. Throws MigrationError, which names the migration and the reason.
 */
export async function migrateDatabase(
  database: Database,
  log: Log,
  directory?: string,
): Promise<string[]> {
  const migrations = await readMigrations(directory);
  return await withMigrationConnection(database.driver, log, async (connection) => {
    const history = await readHistory(connection.queryable);
    const unknown = findUnknown(migrations, history);
    if (unknown.length > 0) {
      log.warn({ migrations: unknown }, 'The database was migrated by a newer version.');
    }
    const pending = selectPending(migrations, history);
    for (const migration of pending) {
      await applyOne(connection, migrations, migration);
      log.info({ migration: migration.name }, 'A migration was applied.');
    }
    return pending.map(({ name }) => name);
  });
}

async function applyOne(
  connection: EngineConnection,
  migrations: Migration[],
  migration: Migration,
): Promise<void> {
  await connection.runScript('BEGIN');
  try {
    await applyMigrations(connection, migrations.slice(0, migrations.indexOf(migration) + 1));
    await connection.runScript('COMMIT');
  } catch (error) {
    // Fails only when the connection is gone, and then the server rolls back.
    await connection.runScript('ROLLBACK').catch(() => undefined);
    throw new MigrationError(
      migration.name,
      `failed and was rolled back, so nothing of it was kept: ${describe(error)}`,
      error,
    );
  }
}

function describe(error: unknown): string {
  if (isDriverAdapterError(error)) return error.cause.originalMessage ?? error.message;
  const message = error instanceof Error ? error.message : String(error);
  // What follows in errors of the engine is a stack of its own source.
  return message.split('\n   0:')[0]?.trim() ?? message;
}
