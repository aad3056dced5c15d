import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database/database.ts';
import { assertEngineVersion } from '../../src/platform/database/load-schema-engine.ts';
import { migrateDatabase } from '../../src/platform/database/migrate.ts';
import { migrationsDirectory } from '../../src/platform/database/migration-files.ts';
import { createLog } from '../../src/platform/log.ts';
import { openEmptyTestDatabase } from '../support/migrated-database.ts';

const log = createLog({ level: 'silent', format: 'json' });
let database: Database;
let directory: string;
let ours: string[];

beforeAll(async () => {
  const entries = await readdir(migrationsDirectory, { withFileTypes: true });
  ours = entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
});
beforeEach(async () => {
  database = await openEmptyTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'latchkey-migrations-'));
  await cp(migrationsDirectory, directory, { recursive: true });
});
afterEach(async () => {
  await database.close();
  await rm(directory, { recursive: true });
});

async function writeMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(directory, name), { recursive: true });
  await writeFile(join(directory, name, 'migration.sql'), sql);
}

async function tableExists(name: string): Promise<boolean> {
  const [row] = await database.prisma.$queryRaw<{ found: boolean }[]>`
    SELECT to_regclass(${name}) IS NOT NULL AS found`;
  return row?.found === true;
}

/** Columns of the table that the Prisma command line keeps, and the values it leaves in a row. */
interface HistoryRow {
  id: string;
  checksum: string;
  finished_at: Date | null;
  migration_name: string;
  logs: string | null;
  rolled_back_at: Date | null;
  started_at: Date;
  applied_steps_count: number;
}

async function readHistory(): Promise<HistoryRow[]> {
  return await database.prisma.$queryRaw`SELECT * FROM _prisma_migrations ORDER BY started_at`;
}

it('applies every migration once, in order', async () => {
  await expect(migrateDatabase(database, log)).resolves.toEqual(ours);
  await expect(migrateDatabase(database, log)).resolves.toEqual([]);
  await expect(database.prisma.user.count()).resolves.toBe(0);
});

it('writes the history that the Prisma command line would write', async () => {
  await migrateDatabase(database, log);
  const checksums = await Promise.all(
    ours.map(async (name) => {
      const bytes = await readFile(join(migrationsDirectory, name, 'migration.sql'));
      return Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex');
    }),
  );
  const rows = await readHistory();
  expect(rows).toEqual(
    ours.map((name, index) => ({
      id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      checksum: checksums[index],
      finished_at: expect.any(Date),
      migration_name: name,
      logs: null,
      rolled_back_at: null,
      started_at: expect.any(Date),
      applied_steps_count: 1,
    })),
  );
  for (const { started_at, finished_at } of rows) {
    expect(Math.abs(Date.now() - started_at.getTime())).toBeLessThan(60_000);
    expect(finished_at?.getTime()).toBeGreaterThanOrEqual(started_at.getTime());
  }
});

it('keeps nothing of a migration that fails, says which and why, and applies it once mended', async () => {
  await writeMigration('20990101000000_first', 'CREATE TABLE first (id int);');
  await writeMigration(
    '20990101000001_broken',
    'CREATE TABLE half (id int); SELECT * FROM nowhere;',
  );
  const attempt = migrateDatabase(database, log, directory);
  await expect(attempt).rejects.toThrow(
    'Migration 20990101000001_broken failed and was rolled back, so nothing of it was kept: ' +
      'relation "nowhere" does not exist',
  );
  await expect(tableExists('first')).resolves.toBe(true);
  await expect(tableExists('half')).resolves.toBe(false);
  expect((await readHistory()).map((row) => row.migration_name)).not.toContain(
    '20990101000001_broken',
  );

  await writeMigration('20990101000001_broken', 'CREATE TABLE half (id int);');
  const applied = await migrateDatabase(database, log, directory);
  expect(applied).toEqual(['20990101000001_broken']);
  await expect(tableExists('half')).resolves.toBe(true);
});

it('applies functions whose bodies hold semicolons', async () => {
  await writeMigration(
    '20990101000000_function',
    `CREATE FUNCTION answer() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 42; END; $$;
     CREATE TABLE answers (value int DEFAULT answer());`,
  );
  await migrateDatabase(database, log, directory);
  await expect(database.prisma.$queryRaw`SELECT answer() AS value`).resolves.toEqual([
    { value: 42 },
  ]);
});

it('refuses a database whose applied migration was edited', async () => {
  await writeMigration('20990101000000_first', 'CREATE TABLE first (id int);');
  await migrateDatabase(database, log, directory);
  await writeMigration('20990101000000_first', 'CREATE TABLE first (id bigint);');
  await expect(migrateDatabase(database, log, directory)).rejects.toThrow(
    'Migration 20990101000000_first was edited after this database had applied it.',
  );
});

it('refuses a database in which the Prisma command line left a migration unfinished', async () => {
  await migrateDatabase(database, log);
  await database.prisma.$executeRaw`
    UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = ${ours.at(-1)}`;
  await expect(migrateDatabase(database, log)).rejects.toThrow('prisma migrate resolve');
});

it('applies again what the Prisma command line marked as rolled back', async () => {
  await writeMigration('20990101000000_first', 'CREATE TABLE IF NOT EXISTS first (id int);');
  await migrateDatabase(database, log, directory);
  await database.prisma.$executeRaw`
    UPDATE _prisma_migrations SET finished_at = NULL, rolled_back_at = now()
    WHERE migration_name = '20990101000000_first'`;
  const applied = await migrateDatabase(database, log, directory);
  expect(applied).toEqual(['20990101000000_first']);
});

it('serves a database that a newer version has migrated', async () => {
  await writeMigration('20990101000000_newer', 'CREATE TABLE newer (id int);');
  await migrateDatabase(database, log, directory);
  await expect(migrateDatabase(database, log)).resolves.toEqual([]);
});

it('refuses an engine that does not belong to the installed Prisma', () => {
  expect(() => assertEngineVersion('0000')).toThrow('Install versions that belong together.');
});
