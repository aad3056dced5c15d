import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database/database.ts';
import { appendEvents } from '../../src/platform/event-log/append.ts';
import type { EventCursor } from '../../src/platform/event-log/cursor.ts';
import { lockTag, readHorizon, readLastNumber } from '../../src/platform/event-log/horizon.ts';
import { readEvents } from '../../src/platform/event-log/read.ts';
import { appendNamed, namedEvents, namesOf, openTransaction } from '../support/event-log.ts';
import { openTestDatabase } from '../support/migrated-database.ts';
import { testServerUrl } from '../support/postgres-server.ts';

const serverUrl = testServerUrl();

describe('the order of the event log, with transactions side by side', () => {
  let database: Database;
  let seen: EventCursor | null = null;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  const append = (name: string) => appendNamed(database, name);

  /** Reads on from where the last reading stopped. */
  async function readNames() {
    const page = await readEvents(database.prisma, { after: seen, limit: 100 });
    seen = page.cursor;
    return namesOf(page);
  }

  it('shows nothing newer while a slower transaction holds lower numbers, then all in order', async () => {
    const slow = await openTransaction(database);
    await appendEvents(slow.transaction, namedEvents('slow'));
    await append('fast');

    const events = await database.prisma.loggedEvent.findMany();
    expect(namesOf({ events })).toEqual(['fast']);
    expect(await readNames()).toEqual([]);

    await slow.commit();
    expect(await readNames()).toEqual(['slow', 'fast']);
  });

  it('shows what is newer once a slower transaction rolls back', async () => {
    const slow = await openTransaction(database);
    await appendEvents(slow.transaction, namedEvents('never'));
    await append('stays');
    expect(await readNames()).toEqual([]);

    await slow.rollBack();
    expect(await readNames()).toEqual(['stays']);
  });

  it('waits for a transaction that appended again after a savepoint was rolled back', async () => {
    const slow = await openTransaction(database);
    await slow.transaction.$executeRaw`SAVEPOINT attempt`;
    await appendEvents(slow.transaction, namedEvents('first attempt'));
    await slow.transaction.$executeRaw`ROLLBACK TO SAVEPOINT attempt`;
    await appendEvents(slow.transaction, namedEvents('second attempt'));
    await append('newer');
    expect(await readNames()).toEqual([]);

    await slow.commit();
    expect(await readNames()).toEqual(['second attempt', 'newer']);
  });

  it('is held back by the slowest of many', async () => {
    const writers = [
      await openTransaction(database),
      await openTransaction(database),
      await openTransaction(database),
    ];
    for (const [n, { transaction }] of writers.entries()) {
      await appendEvents(transaction, namedEvents(`writer ${n}`));
    }
    const [first, second, third] = writers;
    await third?.commit();
    expect(await readNames()).toEqual([]);
    await first?.commit();
    expect(await readNames()).toEqual(['writer 0']);
    await second?.commit();
    expect(await readNames()).toEqual(['writer 1', 'writer 2']);
  });

  it('is not held back by a transaction that has changed rows but appended nothing', async () => {
    const long = await openTransaction(database);
    await long.transaction.role.create({ data: { key: 'long', permissions: [] } });
    await append('meanwhile');
    expect(await readNames()).toEqual(['meanwhile']);

    await appendEvents(long.transaction, namedEvents('late'));
    await long.commit();
    expect(await readNames()).toEqual(['late']);
  });

  it('is not held back by the same lock in another database of the cluster', async () => {
    const elsewhere = new pg.Client(serverUrl);
    await elsewhere.connect();
    try {
      await elsewhere.query('BEGIN');
      await elsewhere.query(`SELECT pg_advisory_xact_lock_shared(${lockTag}::bigint << 48)`);
      await append('here');
      expect(await readNames()).toEqual(['here']);
    } finally {
      await elsewhere.end();
    }
  });

  it('is not held back by advisory locks of other kinds in this database', async () => {
    const other = await openTransaction(database);
    await other.transaction.$executeRaw`SELECT pg_advisory_xact_lock(42)`;
    await other.transaction.$executeRaw`SELECT pg_advisory_xact_lock(-1)`;
    // Two keys instead of one: the same halves, another kind of lock.
    await other.transaction.$executeRaw`SELECT pg_advisory_xact_lock(${lockTag << 16}::int, 0)`;
    await append('beside');
    expect(await readNames()).toEqual(['beside']);
    await other.commit();
  });

  it('keeps its horizon exact beyond 32 bits', async () => {
    await database.prisma.$executeRaw`SELECT setval('logged_event_sequence_seq', 10000000000)`;
    const slow = await openTransaction(database);
    await appendEvents(slow.transaction, namedEvents('large'));
    await append('larger');
    expect(await readHorizon(database.prisma)).toBe(10_000_000_000n);
    expect(await readLastNumber(database.prisma)).toBe(10_000_000_002n);
    await slow.commit();
    expect(await readNames()).toEqual(['large', 'larger']);
  });
});
