import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database/database.ts';
import { appendEvents, type NewEvent } from '../../src/platform/event-log/append.ts';
import { logStart } from '../../src/platform/event-log/cursor.ts';
import type { EventFilter } from '../../src/platform/event-log/filter.ts';
import { readHorizon } from '../../src/platform/event-log/horizon.ts';
import { readEvents } from '../../src/platform/event-log/read.ts';
import { openTestDatabase } from '../support/migrated-database.ts';

const ada = '019aa1b2-0000-7000-8000-00000000000a';
const bob = '019aa1b2-0000-7000-8000-00000000000b';

const userChanged = (userId: string, ...changedFields: string[]): NewEvent => ({
  topic: 'USER',
  type: 'UserChanged',
  userId,
  data: { change: 'UPDATED', changedFields },
});
const sessionRevoked = (userId: string): NewEvent => ({
  topic: 'SESSION',
  type: 'SessionRevoked',
  userId,
  data: { reason: 'SIGNED_OUT' },
});

describe('the event log', () => {
  let database: Database;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());
  beforeEach(() => database.prisma.$executeRaw`TRUNCATE logged_event RESTART IDENTITY`);

  const append = (...events: NewEvent[]) =>
    database.prisma.$transaction((transaction) => appendEvents(transaction, events));
  const read = (query: Partial<Parameters<typeof readEvents>[1]> = {}) =>
    readEvents(database.prisma, { after: null, limit: 100, ...query });

  it('gives events back in the order in which they were appended', async () => {
    await append(userChanged(ada, 'displayName'), sessionRevoked(ada));
    await append(userChanged(bob, 'username', 'locale'));

    const page = await read();

    expect(page).toMatchObject({
      events: [
        { sequence: 1n, topic: 'USER', type: 'UserChanged', userId: ada },
        { sequence: 2n, topic: 'SESSION', data: { reason: 'SIGNED_OUT' } },
        { sequence: 3n, data: { change: 'UPDATED', changedFields: ['username', 'locale'] } },
      ],
      hasMore: false,
      gap: null,
    });
    const ids = page.events.map((event) => event.id);
    expect(ids).toEqual(ids.toSorted());
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  it('keeps text in data as it is', async () => {
    const data = { field: `'; DROP TABLE logged_event; -- \u{1f511} "\\ $1` };
    await append({ ...sessionRevoked(ada), data });
    expect((await read()).events[0]?.data).toEqual(data);
  });

  it('writes nothing and takes no lock for an empty list', async () => {
    await database.prisma.$transaction(async (transaction) => {
      await appendEvents(transaction, []);
      expect(await countAppendLocks(transaction)).toBe(0);
    });
    expect(await readHorizon(database.prisma)).toBe(0n);
  });

  it('keeps the order of a thousand events appended at once', async () => {
    await append(...Array.from({ length: 1000 }, (_, n) => userChanged(ada, `field${n}`)));
    const { events } = await read({ limit: 1000 });
    expect(events.map((event) => event.data)).toEqual(
      Array.from({ length: 1000 }, (_, n) => ({ change: 'UPDATED', changedFields: [`field${n}`] })),
    );
  });

  it('pages through the log, each row once', async () => {
    await append(...Array.from({ length: 7 }, () => userChanged(ada)));
    const first = await read({ limit: 3 });
    const second = await read({ limit: 3, after: first.cursor });
    const third = await read({ limit: 3, after: second.cursor });

    const sequences = [first, second, third].map((page) => page.events.map((e) => e.sequence));
    expect(sequences).toEqual([[1n, 2n, 3n], [4n, 5n, 6n], [7n]]);
    expect([first, second, third].map((page) => page.hasMore)).toEqual([true, true, false]);
  });

  it('answers with the cursor it was given while there is nothing new', async () => {
    expect(await read()).toEqual({ events: [], cursor: logStart, hasMore: false, gap: null });
    expect((await read({ after: logStart })).cursor).toEqual(logStart);

    await append(userChanged(ada));
    const { cursor } = await read({ after: logStart });
    expect(await read({ after: cursor })).toEqual({
      events: [],
      cursor,
      hasMore: false,
      gap: null,
    });
  });

  it('leaves no event of a transaction that is rolled back', async () => {
    const failing = database.prisma.$transaction(async (transaction) => {
      await appendEvents(transaction, [userChanged(ada)]);
      throw new Error('planned');
    });
    await expect(failing).rejects.toThrow('planned');
    await append(userChanged(bob));

    expect((await read()).events).toMatchObject([{ sequence: 2n, userId: bob }]);
  });

  it('holds its lock again after a savepoint was rolled back, which releases it', async () => {
    await database.prisma.$transaction(async (transaction) => {
      await transaction.$executeRaw`SAVEPOINT attempt`;
      await appendEvents(transaction, [userChanged(ada)]);
      await transaction.$executeRaw`ROLLBACK TO SAVEPOINT attempt`;
      expect(await countAppendLocks(transaction)).toBe(0);

      await appendEvents(transaction, [userChanged(bob)]);
      expect(await countAppendLocks(transaction)).toBe(1);
    });
    expect((await read()).events).toMatchObject([{ userId: bob }]);
  });

  it('takes one lock however many events are appended', async () => {
    await database.prisma.$transaction(async (transaction) => {
      await appendEvents(
        transaction,
        Array.from({ length: 500 }, () => userChanged(ada)),
      );
      expect(await countAppendLocks(transaction)).toBe(1);
    });
  });

  it('finds what a filter wants, and moves past the rest', async () => {
    await append(userChanged(ada), userChanged(bob), sessionRevoked(ada), sessionRevoked(bob));
    const ofAda: EventFilter = { userId: ada, wholeTopics: [], audiences: [], topics: null };

    const all = await read({ filter: ofAda });
    expect(all.events.map((event) => event.sequence)).toEqual([1n, 3n]);
    expect(all.cursor.sequence).toBe(4n);
    expect(await read({ filter: ofAda, after: all.cursor })).toMatchObject({ events: [] });

    const first = await read({ filter: ofAda, limit: 1 });
    expect(first).toMatchObject({ hasMore: true, cursor: { sequence: 1n } });
  });
});

async function countAppendLocks(transaction: Pick<Database['prisma'], '$queryRaw'>) {
  const [row] = await transaction.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM pg_locks
    WHERE locktype = 'advisory' AND mode = 'ShareLock' AND pid = pg_backend_pid()`;
  return row?.count;
}
