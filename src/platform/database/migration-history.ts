import type { SqlQueryable } from '@prisma/driver-adapter-utils';
import { MigrationError } from './migration-error.ts';
import type { Migration } from './migration-files.ts';
import { plainStatement } from './transaction-guard.ts';

/** A row of Prisma's history table that was not rolled back. */
export interface MigrationRecord {
  name: string;
  checksum: string;
  finished: boolean;
}

/** Reads which migrations the database has seen, oldest first; none when it is new. */
export async function readHistory(queryable: SqlQueryable): Promise<MigrationRecord[]> {
  const table = await select(queryable, `SELECT to_regclass('public._prisma_migrations')::text`);
  if (table[0]?.[0] == null) return [];
  const rows = await select(
    queryable,
    `SELECT migration_name, checksum, finished_at IS NOT NULL FROM public._prisma_migrations
      WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return rows.map(([name, checksum, finished]) => ({
    name: String(name),
    checksum: String(checksum),
    finished: finished === true,
  }));
}

/**
 * Picks the migrations that are still to be applied, in order.
 *
 * Throws MigrationError when one that was applied has been edited since, or has not finished.
 */
export function selectPending(migrations: Migration[], history: MigrationRecord[]): Migration[] {
  const unfinished = history.find((record) => !record.finished);
  if (unfinished) {
    throw new MigrationError(
      unfinished.name,
      `was begun but has not finished. See what it left behind, then run ` +
        `"npx prisma migrate resolve" with --applied or --rolled-back ${unfinished.name}.`,
    );
  }
  const checksums = new Map(history.map((record) => [record.name, record.checksum]));
  return migrations.filter(({ name, checksum }) => {
    const applied = checksums.get(name);
    if (applied !== undefined && applied !== checksum) {
      throw new MigrationError(
        name,
        'was edited after this database had applied it. Restore its migration.sql, and put the ' +
          'change into a new migration.',
      );
    }
    return applied === undefined;
  });
}

/** Names the migrations that a newer version has applied and this one does not know. */
export function findUnknown(migrations: Migration[], history: MigrationRecord[]): string[] {
  const known = new Set(migrations.map(({ name }) => name));
  return history.map(({ name }) => name).filter((name) => !known.has(name));
}

async function select(queryable: SqlQueryable, sql: string): Promise<unknown[][]> {
  return (await queryable.queryRaw(plainStatement(sql))).rows;
}
