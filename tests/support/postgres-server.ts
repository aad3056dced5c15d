import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { PostgresSettings } from '../../src/platform/database/database.ts';

/** A database of its own on the test server. */
export interface ScratchDatabase {
  name: string;
  url: string;
  settings: PostgresSettings;
  /** Runs a statement on a connection of its own to the server's maintenance database. */
  administer(sql: string): Promise<pg.QueryResult>;
  drop(): Promise<void>;
}

/** Reads where the PostgreSQL server of the tests is; throws when none is given. */
export function testServerUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (!url) {
    throw new Error(
      'Set TEST_DATABASE_URL to a PostgreSQL server on which databases may be created, ' +
        'e.g. postgres://postgres@127.0.0.1:5432/postgres.',
    );
  }
  return url;
}

/** Creates a database with a unique name, empty or as a copy of a template. */
export async function createScratchDatabase(template?: string): Promise<ScratchDatabase> {
  const name = `latchkey_test_${randomBytes(8).toString('hex')}`;
  const url = new URL(testServerUrl());
  url.pathname = `/${name}`;
  await administer(`CREATE DATABASE ${name} ${template ? `TEMPLATE ${template}` : ''}`);
  return {
    name,
    url: url.href,
    settings: postgresSettings(url.href),
    administer,
    async drop() {
      // Waits up to 5 seconds for connections that are ending: one that is cut off may throw where
      // nobody listens. What a test has left open is cut off then.
      const sql = `DROP DATABASE IF EXISTS ${name}`;
      await administer(sql).catch(() => administer(`${sql} WITH (FORCE)`));
    },
  };
}

/** Describes a connection to a server of the tests, with short patience. */
export function postgresSettings(url: string): PostgresSettings {
  return {
    kind: 'postgres',
    url,
    directUrl: url,
    poolSize: 10,
    connectTimeoutMs: 5_000,
    statementTimeoutMs: 15_000,
    tls: 'disable',
  };
}

async function administer(sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client(testServerUrl());
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}
