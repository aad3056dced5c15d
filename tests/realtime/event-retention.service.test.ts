import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database/database.ts';
import { appendEvents } from '../../src/platform/event-log/append.ts';
import { readEvents } from '../../src/platform/event-log/read.ts';
import { pruneEvents } from '../../src/platform/event-log/retention.ts';
import { appendNamed, namedEvents, namesOf, openTransaction } from '../support/event-log.ts';
import { numbered } from '../support/event-stream.ts';
import { openTestDatabase } from '../support/migrated-database.ts';

const newestAlone = { days: 3650, events: 1 };

describe('the retention of events that others write', () => {
  let database: Database;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());
  beforeEach(() => database.prisma.$executeRaw`TRUNCATE logged_event RESTART IDENTITY`);

  const readNames = async () =>
    namesOf(await readEvents(database.prisma, { after: null, limit: 5_000 }));

  it('removes nothing that is not final', async () => {
    await appendNamed(database, 'a', 'b');
    const slow = await openTransaction(database);
    await appendEvents(slow.transaction, namedEvents('slow'));
    await appendNamed(database, 'c', 'd');
    expect(await pruneEvents(database, newestAlone)).toBe(1);
    await slow.commit();
    expect(await readNames()).toEqual(['b', 'slow', 'c', 'd']);
    expect(await pruneEvents(database, newestAlone)).toBe(3);
    expect(await readNames()).toEqual(['d']);
  });

  it('is safe on several instances at once, and always leaves an end of the log', async () => {
    const names = numbered(4_000);
    await database.prisma.$transaction((transaction) =>
      appendEvents(transaction, namedEvents(...names)),
    );
    const pruning = Array.from({ length: 4 }, () =>
      pruneEvents(database, { days: 3650, events: 100 }),
    );
    const seen: string[][] = [];
    let isDone = false;
    const watching = (async () => {
      while (!isDone) seen.push(await readNames());
    })();
    const removed = await Promise.all(pruning);
    isDone = true;
    await watching;
    for (const left of seen) expect(left).toEqual(names.slice(-left.length));
    // One that found another at work has left the rest to it.
    expect(removed.reduce((sum, count) => sum + count)).toBe(4_000 - (await readNames()).length);
    await pruneEvents(database, { days: 3650, events: 100 });
    expect(await readNames()).toEqual(names.slice(-100));
  });
});
