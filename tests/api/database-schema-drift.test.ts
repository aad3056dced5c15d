import { readFile } from 'node:fs/promises';
import type { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { embeddedConnection } from '../../src/platform/database/migration-connection.ts';
import { readMigrations } from '../../src/platform/database/migration-files.ts';
import { openPglite } from '../../src/platform/database/pglite.ts';
import { diffMigrationsToSchema } from '../../src/platform/database/schema-engine.ts';

let schema: string;
let shadow: PGlite;

beforeAll(async () => {
  schema = await readFile('prisma/schema.prisma', 'utf8');
  shadow = await openPglite();
});
beforeEach(async () => {
  await shadow.exec('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
});
afterAll(() => shadow.close());

async function readDifference(changedSchema: string, furtherSql = ''): Promise<string> {
  const further = { name: '20990101000000_further', sql: furtherSql, checksum: '' };
  const migrations = [...(await readMigrations()), further];
  return await diffMigrationsToSchema(migrations, changedSchema, await embeddedConnection(shadow));
}

it('finds that the migrations lead to the schema', async () => {
  await expect(readDifference(schema)).resolves.toBe('');
});

it('does not take what a Prisma schema cannot say for a difference', async () => {
  const sql = `
    CREATE INDEX by_lower_email ON "user" (lower(email));
    CREATE INDEX by_email_of_nameless ON "user" (email) WHERE username IS NULL;
    CREATE INDEX by_words ON "user" USING gin (to_tsvector('simple', display_name));
    ALTER TABLE "user" ADD CONSTRAINT counts_up CHECK (version > 0);
    CREATE VIEW names AS SELECT display_name FROM "user";
    CREATE FUNCTION one() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;`;
  await expect(readDifference(schema, sql)).resolves.toBe('');
});

it('writes the SQL that a changed schema needs', async () => {
  const changed = schema.replace(/^model Role \{$/m, 'model Role {\n  note String?');
  await expect(readDifference(changed)).resolves.toContain(
    'ALTER TABLE "role" ADD COLUMN     "note" TEXT;',
  );
});

it('says why a migration cannot be replayed', async () => {
  await expect(readDifference(schema, 'CREATE TABLE "user" ();')).rejects.toThrow(
    'relation "user" already exists',
  );
});
