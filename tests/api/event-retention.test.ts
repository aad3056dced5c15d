import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database/database.ts';
import { appendEvents } from '../../src/platform/event-log/append.ts';
import { eventCursorOf } from '../../src/platform/event-log/cursor.ts';
import { readEvents } from '../../src/platform/event-log/read.ts';
import { pruneEvents } from '../../src/platform/event-log/retention.ts';
import { appendNamed, namedEvents, namesOf } from '../support/event-log.ts';
import { numbered } from '../support/event-stream.ts';
import { openTestDatabase } from '../support/migrated-database.ts';

const forever = { days: 3650, events: 1_000_000 };

describe('the retention of events', () => {
  let database: Database;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());
  beforeEach(() => database.prisma.$executeRaw`TRUNCATE logged_event RESTART IDENTITY`);

  const readAll = () => readEvents(database.prisma, { after: null, limit: 5_000 });
  const readNames = async () => namesOf(await readAll());
  /** Makes rows so many days older, from one number to another. */
  const age = (days: number, from: number, to: number) =>
    database.prisma.$executeRaw`
      UPDATE logged_event SET occurred_at = occurred_at - make_interval(days => ${days}::int)
      WHERE sequence BETWEEN ${from} AND ${to}`;

  it('removes what is older than so many days', async () => {
    await appendNamed(database, 'a', 'b', 'c', 'd');
    await age(31, 1, 2);
    await age(29, 3, 3);
    expect(await pruneEvents(database, { ...forever, days: 30 })).toBe(2);
    expect(await readNames()).toEqual(['c', 'd']);
    expect(await pruneEvents(database, { ...forever, days: 30 })).toBe(0);
  });

  it('keeps what comes after the first that is young enough, however old', async () => {
    await appendNamed(database, 'a', 'b', 'c', 'd');
    await age(31, 1, 1);
    await age(31, 3, 3);
    expect(await pruneEvents(database, { ...forever, days: 30 })).toBe(1);
    expect(await readNames()).toEqual(['b', 'c', 'd']);
  });

  it('keeps the newest so many, whatever numbers were never used', async () => {
    const { prisma } = database;
    await appendNamed(database, 'a', 'b', 'c');
    await prisma.$executeRaw`SELECT setval('logged_event_sequence_seq', 1000)`;
    await appendNamed(database, 'd', 'e');
    expect(await pruneEvents(database, { ...forever, events: 5 })).toBe(0);
    expect(await pruneEvents(database, { ...forever, events: 3 })).toBe(2);
    expect(await readNames()).toEqual(['c', 'd', 'e']);
  });

  it('keeps the newest event, however old, so that cursors go on being known', async () => {
    await appendNamed(database, 'a', 'b');
    await age(4000, 1, 2);
    expect(await pruneEvents(database, { days: 1, events: 1 })).toBe(1);
    expect(await readNames()).toEqual(['b']);
    const { cursor } = await readAll();
    expect(await readEvents(database.prisma, { after: cursor, limit: 1 })).toMatchObject({
      gap: null,
    });
  });

  it('has nothing to remove of an empty log', async () => {
    expect(await pruneEvents(database, { days: 1, events: 1 })).toBe(0);
  });

  it('removes as many as there are, a batch at a time', async () => {
    const names = numbered(2_500);
    await database.prisma.$transaction((transaction) =>
      appendEvents(transaction, namedEvents(...names)),
    );
    expect(await pruneEvents(database, { ...forever, events: 10 })).toBe(2_490);
    expect(await readNames()).toEqual(names.slice(-10));
  });

  it('tells who was away for longer: RETENTION_EXCEEDED', async () => {
    await appendNamed(database, 'seen', 'lost', 'kept', 'kept too');
    const [seen, lost, kept] = (await readAll()).events;
    if (!seen || !lost || !kept) throw new Error('There are no events.');
    await pruneEvents(database, { ...forever, events: 2 });
    const page = await readEvents(database.prisma, { after: eventCursorOf(seen), limit: 10 });
    const resumedAt = eventCursorOf(kept);
    expect(page.gap).toEqual({ reason: 'RETENTION_EXCEEDED', resumedAt });
    const rest = await readEvents(database.prisma, { after: resumedAt, limit: 10 });
    expect(rest.gap).toBeNull();
    expect(namesOf(rest)).toEqual(['kept too']);
  });
});
