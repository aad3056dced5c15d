import { readFileSync } from 'node:fs';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { errorCodeOf } from '../error-code.ts';
import type { Log } from '../log.ts';
import type { Database, PostgresSettings } from './database.ts';
import { withDeadline } from './deadline.ts';
import { createPostgresListener } from './postgres-listener.ts';
import { createPrismaClient, transactionTimeoutMs } from './prisma-client.ts';
import { createStatementNames } from './statement-names.ts';

const pingDeadlineMs = 3_000;
/** How much later than the server's own limit an unanswered statement is given up. */
const readGraceMs = 5_000;

/** Opens a pool of connections to a PostgreSQL server; it connects with its first statement. */
export function openPostgres(settings: PostgresSettings, log: Log): Database {
  const pool = createPool(settings, log);
  const prisma = createPrismaClient(
    new PrismaPg(pool, { schema: 'public', ...(!isPooled(settings) && naming()) }),
  );
  const listener = createPostgresListener(clientConfig(settings, settings.directUrl), log);
  return {
    prisma,
    driver: { kind: 'postgres', pool, settings },
    ping: async () => {
      await withDeadline(pool.query('SELECT 1'), pingDeadlineMs);
    },
    listen: listener.listen,
    notify: async (channel, payload) => {
      await pool.query('SELECT pg_notify($1, $2)', [channel, payload]);
    },
    close: async () => {
      await listener.close();
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/** A transaction pooler hands each transaction another connection, which knows no names. */
const isPooled = ({ url, directUrl }: PostgresSettings) => url !== directUrl;

const naming = () => ({ statementNameGenerator: createStatementNames() });

/** Describes a connection to one of the two URLs of a server: encryption, patience, keep-alive. */
export function clientConfig(settings: PostgresSettings, url: string): pg.ClientConfig {
  return {
    connectionString: url,
    ssl: tlsOptions(settings),
    connectionTimeoutMillis: settings.connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'latchkey',
  };
}

function createPool(settings: PostgresSettings, log: Log): pg.Pool {
  const pool = new pg.Pool({
    ...clientConfig(settings, settings.url),
    max: settings.poolSize,
    query_timeout: settings.statementTimeoutMs + readGraceMs,
    onConnect: async (client) => {
      // Whoever uses it learns of a loss by its statement. Between two of them nobody listens, and an
      // error that nobody hears would end the process.
      client.on('error', () => {});
      await client.query(sessionDefaults(settings.statementTimeoutMs));
    },
  });
  pool.on('error', (error) => {
    log.warn({ code: errorCodeOf(error) }, 'An idle database connection was lost.');
  });
  return pool;
}

/**
 * Sets by statement what a pooler would refuse as a start-up parameter. Behind a transaction
 * pooler the two timeouts are a best effort: they belong on the role there.
 */
function sessionDefaults(statementTimeoutMs: number): string {
  // Prisma reads and writes timestamps as if the session's time zone were UTC.
  return `SET timezone = 'UTC';
    SET statement_timeout = ${Math.trunc(statementTimeoutMs)};
    SET idle_in_transaction_session_timeout = ${transactionTimeoutMs + readGraceMs}`;
}

function tlsOptions(settings: PostgresSettings): pg.ClientConfig['ssl'] {
  switch (settings.tls) {
    case 'disable':
      return false;
    case 'require':
      return { rejectUnauthorized: false };
    case 'verify':
      return settings.tlsCaFile
        ? { rejectUnauthorized: true, ca: readFileSync(settings.tlsCaFile, 'utf8') }
        : { rejectUnauthorized: true };
  }
}
