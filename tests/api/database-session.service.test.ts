import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database/database.ts';
import { migrateDatabase } from '../../src/platform/database/migrate.ts';
import { openPostgres } from '../../src/platform/database/postgres.ts';
import { createLog } from '../../src/platform/log.ts';
import { createScratchDatabase, type ScratchDatabase } from '../support/postgres-server.ts';

const log = createLog({ level: 'silent', format: 'json' });
let scratch: ScratchDatabase;
let database: Database;

beforeEach(async () => {
  scratch = await createScratchDatabase();
  await scratch.administer(`ALTER DATABASE ${scratch.name} SET timezone = 'America/New_York'`);
  await scratch.administer(`ALTER DATABASE ${scratch.name} SET statement_timeout = 7`);
  database = openPostgres({ ...scratch.settings, statementTimeoutMs: 1_234 }, log);
});
afterEach(async () => {
  await database.close();
  await scratch.drop();
});

it('works in UTC on a server that keeps local time', async () => {
  await migrateDatabase(database, log);
  const { prisma } = database;
  const moment = new Date('2026-07-01T12:00:00.123Z');
  const data = { email: 'ada@example.com', displayName: 'Ada', updatedAt: moment };
  const { createdAt } = await prisma.user.create({ data });
  expect(Math.abs(createdAt.getTime() - Date.now())).toBeLessThan(60_000);
  const [stored] = await prisma.$queryRaw<{ epoch: number }[]>`
    SELECT extract(epoch FROM updated_at)::float8 AS epoch FROM "user"`;
  expect(stored?.epoch).toBe(moment.getTime() / 1000);
  const [history] = await prisma.$queryRaw<{ ageSeconds: number }[]>`
    SELECT extract(epoch FROM now() - finished_at)::float8 AS "ageSeconds" FROM _prisma_migrations`;
  expect(Math.abs(history?.ageSeconds ?? Number.NaN)).toBeLessThan(60);
});

it('limits statements and idle transactions as configured', async () => {
  const { prisma } = database;
  await expect(prisma.$queryRaw`SHOW statement_timeout`).resolves.toEqual([
    { statement_timeout: '1234ms' },
  ]);
  await expect(prisma.$queryRaw`SHOW idle_in_transaction_session_timeout`).resolves.toEqual([
    { idle_in_transaction_session_timeout: '15s' },
  ]);
});

it('migrates under a role whose limits are meant for requests', async () => {
  await expect(migrateDatabase(database, log)).resolves.not.toEqual([]);
});

it('names its statements, but not through a pooler, whose connections know no names', async () => {
  await migrateDatabase(database, log);
  const { url } = scratch.settings;
  const pooled = openPostgres({ ...scratch.settings, url: `${url}?application_name=pooled` }, log);
  const namesOf = ({ prisma }: Database) =>
    prisma.$transaction(async (transaction) => {
      await transaction.user.count();
      await transaction.user.count();
      return transaction.$queryRaw`
        SELECT name FROM pg_prepared_statements WHERE statement LIKE 'SELECT COUNT%'`;
    });
  expect(await namesOf(database)).toEqual([{ name: expect.stringMatching(/^latchkey_\d+$/) }]);
  expect(await namesOf(pooled)).toEqual([]);
  await pooled.close();
});
