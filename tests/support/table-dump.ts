import type { Database } from '../../src/platform/database/database.ts';

/**
 * All rows of all tables, each as JSON text. Of a job, what it is for and not how far it is; of a
 * session or user, not when they were last used, which is written from time to time; of an audit
 * event, not whether it is in the chain yet.
 */
export type TableDump = Record<string, string[]>;

/** How many rows were added and removed, by table; an update does both. */
export type TableChanges = Record<string, { added: number; removed: number }>;

/** Reads all tables but the counters of rate limits, which a rollback leaves as they are. */
export async function dumpTables({ prisma }: Database): Promise<TableDump> {
  const tables = await prisma.$queryRaw<{ name: string }[]>`
    SELECT tablename AS name FROM pg_tables
    WHERE schemaname = 'public' AND tablename NOT IN
      ('_prisma_migrations', 'rate_limit', 'audit_unlinked', 'audit_link', 'audit_checkpoint')
    ORDER BY tablename`;
  const dump: TableDump = Object.fromEntries(
    ['job', ...tables.map(({ name }) => name)].map((name) => [name, []]),
  );
  const reads = [
    rowsOf('job', '(SELECT id, name, data FROM pgboss.job)'),
    ...tables.map(({ name }) => rowsOf(name, `"${name}"`)),
  ];
  const sql = `${reads.join(' UNION ALL ')} ORDER BY 1, 2`;
  const rows = await prisma.$queryRawUnsafe<{ table: string; row: string }[]>(sql);
  for (const { table, row } of rows) dump[table]?.push(row);
  return dump;
}

const rowsOf = (name: string, source: string) => `
  SELECT '${name}' AS "table",
    (to_jsonb(t) - '{last_used_at,last_seen_at}'::text[])::text AS row FROM ${source} t`;

/** Compares two dumps; tables without a change are left out. */
export function changesBetween(before: TableDump, after: TableDump): TableChanges {
  const missing = (rows: string[] = [], others: string[] = []) =>
    new Set(rows).difference(new Set(others)).size;
  const changes = Object.keys(after).map((table) => {
    const added = missing(after[table], before[table]);
    const removed = missing(before[table], after[table]);
    return [table, { added, removed }] as const;
  });
  return Object.fromEntries(changes.filter(([, { added, removed }]) => added + removed > 0));
}
