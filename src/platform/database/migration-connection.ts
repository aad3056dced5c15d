import type { PGlite } from '@electric-sql/pglite';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlQueryable } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import type { Log } from '../log.ts';
import type { Driver, PostgresSettings } from './database.ts';
import { createEmbeddedAdapter } from './embedded-adapter.ts';
import { clientConfig } from './postgres.ts';
import type { EngineConnection } from './schema-engine.ts';
import { plainStatement } from './transaction-guard.ts';

/** The lock that the Prisma command line takes as well, so that the two exclude each other. */
const migrationLock = 72707369;
const oldestServerVersion = 150_000;

/**
 * Does the work of migrating on one connection of its own, alone among all instances.
 *
 * Waits while another instance, or the Prisma command line, is migrating. On the embedded
 * database nobody else may use the database meanwhile.
 */
export async function withMigrationConnection<T>(
  driver: Driver,
  log: Log,
  work: (connection: EngineConnection) => Promise<T>,
): Promise<T> {
  return driver.kind === 'embedded'
    ? await onEmbedded(driver.pglite, work)
    : await onPostgres(driver.settings, log, work);
}

/** Wraps the embedded database for the schema engine. */
export async function embeddedConnection(pglite: PGlite): Promise<EngineConnection> {
  const adapter = await createEmbeddedAdapter(pglite).connect();
  return { queryable: adapter, runScript: (sql) => adapter.executeScript(sql) };
}

async function onEmbedded<T>(
  pglite: PGlite,
  work: (connection: EngineConnection) => Promise<T>,
): Promise<T> {
  try {
    return await work(await embeddedConnection(pglite));
  } finally {
    await pglite.exec('SELECT pg_advisory_unlock_all()');
  }
}

async function onPostgres<T>(
  settings: PostgresSettings,
  log: Log,
  work: (connection: EngineConnection) => Promise<T>,
): Promise<T> {
  const pool = new pg.Pool({ ...clientConfig(settings, settings.directUrl), max: 1 });
  pool.on('error', () => undefined);
  const adapter = await new PrismaPg(pool, { schema: 'public' }).connect();
  try {
    // A transaction is the adapter's one way of staying on the same connection.
    const pinned = await adapter.startTransaction();
    const runScript = async (sql: string): Promise<void> => {
      await pinned.executeRaw(plainStatement(sql));
    };
    try {
      // The role may carry limits that are meant for requests.
      await runScript(`COMMIT; SET timezone = 'UTC'; SET statement_timeout = 0;
        SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0`);
      await requireServerVersion(pinned);
      await takeLock({ queryable: pinned, runScript }, log);
      return await work({ queryable: pinned, runScript });
    } finally {
      await pinned.rollback();
    }
  } finally {
    // Closes the connection, which releases the lock.
    await pool.end();
  }
}

async function requireServerVersion(queryable: SqlQueryable): Promise<void> {
  const [version] = await selectRow(queryable, "SELECT current_setting('server_version_num')::int");
  if (Number(version) >= oldestServerVersion) return;
  throw new Error('PostgreSQL 15 or later is needed; this server is older.');
}

async function takeLock({ queryable, runScript }: EngineConnection, log: Log): Promise<void> {
  const [taken] = await selectRow(queryable, `SELECT pg_try_advisory_lock(${migrationLock})`);
  if (taken === true) return;
  log.info('Waiting for another instance that is migrating the database.');
  await runScript(`SELECT pg_advisory_lock(${migrationLock})`);
}

async function selectRow(queryable: SqlQueryable, sql: string): Promise<unknown[]> {
  const { rows } = await queryable.queryRaw(plainStatement(sql));
  return rows[0] ?? [];
}
