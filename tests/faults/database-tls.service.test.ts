import { beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/platform/database/connect.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { migrateDatabase } from '../../src/platform/database/migrate.ts';
import { createLog } from '../../src/platform/log.ts';
import { describeStartFailure } from '../../src/start-failure.ts';
import { production } from '../support/production.ts';
import { startTlsPostgres, type TlsPostgres } from '../support/tls-postgres.ts';

// Runs a server of its own, which needs Debian's or Ubuntu's package `postgresql` (the runners of
// GitHub have it) and fails without: the server at TEST_DATABASE_URL need not speak TLS.
const log = createLog({ level: 'silent', format: 'json' });

let server: TlsPostgres;
beforeAll(async () => {
  server = await startTlsPostgres();
  return server.stop;
});

function configure(host: string, environment: Record<string, string>) {
  const DATABASE_URL = `postgres://postgres@${host}:${server.port}/postgres`;
  const { EMBEDDED_DATABASE: _, ...settings } = production;
  return loadConfig({ ...settings, DATABASE_URL, ...environment });
}

/** Opens a database by the configuration, works with it and closes it. */
async function withDatabase<Result>(
  host: string,
  environment: Record<string, string>,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const database = await openDatabase(configure(host, environment).database, log);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** Uses each kind of connection; answers whether those that are open at the end are encrypted. */
async function useConnections(database: Database): Promise<boolean[]> {
  await migrateDatabase(database, log);
  const nothing = () => undefined;
  await database.listen('news', nothing, nothing);
  const rows = await database.prisma.$queryRaw<{ ssl: boolean }[]>`
    SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
    WHERE application_name = 'latchkey'`;
  return rows.map(({ ssl }) => ssl);
}

/** Answers the code of the failure to connect, and what a start says of it. */
async function refusalOf(host: string, environment: Record<string, string>) {
  const config = configure(host, environment);
  return await withDatabase(host, environment, async (database) => {
    const code = await database.ping().then(
      () => 'connected',
      (error) => error.code,
    );
    const failure = await migrateDatabase(database, log).catch((error) => error);
    return { code, said: describeStartFailure(failure, config).message };
  });
}

const noTls =
  'An encrypted connection to the PostgreSQL server cannot be made. Check DATABASE_TLS.';

it.each([
  ['verify', 'the authority that signed it', () => ({ DATABASE_TLS_CA_FILE: server.caFile })],
  ['require', 'no authority', () => ({})],
])('%s encrypts every connection, given %s', async (DATABASE_TLS, _given, more) => {
  const encrypted = await withDatabase('localhost', { DATABASE_TLS, ...more() }, useConnections);
  expect(encrypted).toEqual([true, true]);
});

it('require does not look whom the certificate is for', async () => {
  await withDatabase('127.0.0.1', { DATABASE_TLS: 'require' }, (database) => database.ping());
});

it('verify refuses a certificate of an authority that it does not know', async () => {
  expect(await refusalOf('localhost', { DATABASE_TLS: 'verify' })).toEqual({
    code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    said: noTls,
  });
});

it('verify refuses a certificate for another host', async () => {
  const DATABASE_TLS_CA_FILE = server.caFile;
  expect(await refusalOf('127.0.0.1', { DATABASE_TLS_CA_FILE })).toEqual({
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    said: noTls,
  });
});

it('disable is refused by a server that takes encrypted connections alone', async () => {
  expect(await refusalOf('localhost', { DATABASE_TLS: 'disable' })).toMatchObject({
    code: '28000',
  });
});
