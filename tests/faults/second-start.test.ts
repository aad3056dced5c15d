import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { samplePassword } from '../../prisma/seed.ts';
import { openEmbedded } from '../../src/platform/database/embedded.ts';
import { graphql } from '../generated/index.ts';
import { askServer, openServerYard, type ServerYard } from '../support/server-process.ts';
import { changesBetween, dumpTables } from '../support/table-dump.ts';

const SignIn = graphql(`
  mutation SecondStartSignIn($input: SignInInput!) {
    signIn(input: $input) { __typename }
  }
`);

const migrated = 'A migration was applied.';

let yard: ServerYard;
beforeEach(async () => {
  yard = await openServerYard();
});
afterEach(() => yard.close());

/** Starts a server, works with it and ends it; answers all that it wrote. */
async function run(work: (url: string) => Promise<void> = async () => {}): Promise<string> {
  const server = yard.start();
  await work(await server.ready());
  server.signal('SIGTERM');
  expect(await server.exited).toBe(0);
  expect(server.errors).toEqual([]);
  return server.output.join('\n');
}

/** Reads what a server that has ended left behind. */
async function readData() {
  const dataDir = join(yard.dataDir, 'database');
  const database = await openEmbedded({ kind: 'embedded', dataDir });
  const tables = await dumpTables(database);
  const tableNames = await database.prisma.$queryRaw`
    SELECT schemaname, tablename FROM pg_tables ORDER BY 1, 2`;
  await database.close();
  return {
    tables,
    tableNames,
    secretKey: await readFile(join(yard.dataDir, 'secret-key'), 'utf8'),
  };
}

it('finds everything as the first left it: migrates nothing, makes nothing, changes nothing', async () => {
  expect(await run()).toContain(migrated);
  const found = await readData();
  expect(found.tables.user?.length).toBeGreaterThan(1);
  expect(await run()).not.toContain(migrated);
  expect(await readData()).toEqual(found);
}, 60_000);

it('goes on with the accounts and adds no more than what is done', async () => {
  await run();
  const found = await readData();
  const input = { email: 'ada@example.com', password: samplePassword };
  await run(async (url) => {
    expect(await askServer(url, SignIn, { input })).toEqual({
      signIn: { __typename: 'AuthPayload' },
    });
  });
  const added = { added: 1, removed: 0 };
  expect(changesBetween(found.tables, (await readData()).tables)).toEqual({
    session: added,
    audit_event: added,
    audit_origin: added,
    logged_event: added,
  });
}, 60_000);
