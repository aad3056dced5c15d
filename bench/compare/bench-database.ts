import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** The database of one run. */
export interface BenchDatabase {
  url: string;
  /** Version of the server. */
  version: string;
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Drops it, whoever is yet connected. */
  drop(): Promise<void>;
}

/** Reads where databases may be created; throws where that is not said. */
export function benchServerUrl(): string {
  const url = process.env.BENCH_DATABASE_URL;
  if (!url) {
    throw new Error(
      'Set BENCH_DATABASE_URL to a PostgreSQL server on which databases may be created, ' +
        'e.g. postgres://postgres@127.0.0.1:5432/postgres.',
    );
  }
  return url;
}

/** Creates a database of its own for this run, without tables. */
export async function createBenchDatabase(serverUrl: string): Promise<BenchDatabase> {
  const name = `latchkey_bench_${randomBytes(6).toString('hex')}`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await administer(serverUrl, `CREATE DATABASE ${name}`);
  const pool = new pg.Pool({ connectionString: url.href, max: 1 });
  // The drop ends it.
  pool.on('error', () => {});
  const query: BenchDatabase['query'] = async (sql, values = []) =>
    (await pool.query(sql, values)).rows;
  const [row] = await query<{ server_version: string }>('SHOW server_version');
  return {
    url: url.href,
    // Debian adds its own.
    version: row?.server_version.split(' ')[0] ?? '',
    query,
    async drop() {
      await pool.end();
      await administer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

async function administer(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
