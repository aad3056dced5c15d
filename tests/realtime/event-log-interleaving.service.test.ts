import { PrismaPg } from '@prisma/adapter-pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PrismaClient } from '../../src/generated/prisma/client.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { createPrismaClient } from '../../src/platform/database/prisma-client.ts';
import { appendEvents } from '../../src/platform/event-log/append.ts';
import { createFollower } from '../../src/platform/event-log/follower.ts';
import { type EventPage, readEvents } from '../../src/platform/event-log/read.ts';
import {
  appendNamed,
  namedEvents,
  namesOf,
  type OpenTransaction,
  openTransaction,
  pruneLog,
} from '../support/event-log.ts';
import { openTestDatabase } from '../support/migrated-database.ts';

/** Statements of one reading: the last number, the locks, the rows, the row of the cursor. */
const statements = [1, 2, 3, 4];
const ignore = async () => {};

describe('a reading of the event log that others write between its statements', () => {
  let database: Database;
  let reader: PrismaClient;
  let onStatement: (statement: number) => Promise<void> = ignore;

  beforeAll(async () => {
    database = await openTestDatabase();
    reader = interruptedClient(database, (statement) => onStatement(statement));
  });
  afterAll(async () => {
    await reader.$disconnect();
    await database.close();
  });
  beforeEach(() => database.prisma.$executeRaw`TRUNCATE logged_event RESTART IDENTITY`);

  /** Reads on after a page, with something happening after the given statement. */
  async function readInterrupted(last: EventPage, after: number, act: () => Promise<void>) {
    onStatement = async (statement) => {
      if (statement === after) await act();
    };
    const page = await readEvents(reader, { after: last.cursor, limit: 100 });
    onStatement = ignore;
    return page;
  }
  const read = (after: EventPage['cursor'] | null) =>
    readEvents(database.prisma, { after, limit: 100 });

  it.each(statements)('misses nothing that begins slow and fast after statement %i', async (n) => {
    await appendNamed(database, 'old');
    let slow: OpenTransaction | undefined;
    const page = await readInterrupted(await read(null), n, async () => {
      slow = await openTransaction(database);
      await appendEvents(slow.transaction, namedEvents('slow'));
      await appendNamed(database, 'fast');
    });
    await slow?.commit();

    const rest = await read(page.cursor);
    expect([...namesOf(page), ...namesOf(rest)]).toEqual(['slow', 'fast']);
  });

  it.each(statements)('misses nothing that is committed after statement %i', async (n) => {
    await appendNamed(database, 'old');
    const slow = await openTransaction(database);
    await appendEvents(slow.transaction, namedEvents('slow'));
    await appendNamed(database, 'fast');
    const page = await readInterrupted(await read(null), n, slow.commit);

    const rest = await read(page.cursor);
    expect([...namesOf(page), ...namesOf(rest)]).toEqual(['slow', 'fast']);
  });

  it.each(statements)('tells of a gap when rows are pruned after statement %i', async (n) => {
    await appendNamed(database, 'old');
    const last = await read(null);
    await appendNamed(database, 'a', 'b', 'c');
    const page = await readInterrupted(last, n, () => pruneLog(database, 3n));

    if (page.gap === null) expect(namesOf(page)).toEqual(['a', 'b', 'c']);
    else expect(page.gap).toMatchObject({ reason: 'RETENTION_EXCEEDED' });
  });

  it('takes four statements, and a follower with nothing to read takes one', async () => {
    await appendNamed(database, 'old');
    const follower = createFollower(reader, () => undefined);
    await follower.seekEnd();
    let count = 0;
    onStatement = async () => {
      count += 1;
    };
    expect(await follower.readBatch()).toBe('caught up');
    expect(count).toBe(1);

    await appendNamed(database, 'new');
    await follower.readBatch();
    onStatement = ignore;
    expect(count).toBe(1 + statements.length);
  });
});

/** Opens a client that calls back after each statement, before it hands out the result. */
function interruptedClient(
  { driver }: Database,
  afterStatement: (statement: number) => Promise<void>,
): PrismaClient {
  if (driver.kind !== 'postgres') throw new Error('This test needs PostgreSQL.');
  const factory = new PrismaPg(driver.pool, { schema: 'public' });
  let statement = 0;
  return createPrismaClient({
    provider: factory.provider,
    adapterName: factory.adapterName,
    async connect() {
      const adapter = await factory.connect();
      const query = adapter.queryRaw.bind(adapter);
      adapter.queryRaw = async (sql) => {
        const result = await query(sql);
        if (/last_value/.test(sql.sql)) statement = 0;
        statement += 1;
        await afterStatement(statement);
        return result;
      };
      return adapter;
    },
  });
}
