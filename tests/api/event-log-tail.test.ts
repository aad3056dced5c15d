import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database/database.ts';
import { eventCursorOf } from '../../src/platform/event-log/cursor.ts';
import { createTail, type EventTail } from '../../src/platform/event-log/tail.ts';
import { captureLog } from '../support/captured-log.ts';
import { appendNamed, gather, replaceLog } from '../support/event-log.ts';
import { openTestDatabase } from '../support/migrated-database.ts';

const numbered = (count: number) => Array.from({ length: count }, (_, n) => `event ${n}`);

describe('the tail of the event log', () => {
  let database: Database;
  let tail: EventTail;
  const { log, line } = captureLog();
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.prisma.$executeRaw`TRUNCATE logged_event RESTART IDENTITY`;
    tail = createTail({ database, log });
  });
  afterEach(() => tail.close());

  async function append(...names: string[]) {
    await appendNamed(database, ...names);
    tail.wake();
  }

  it('delivers what is committed after it started, in order', async () => {
    await append('before');
    await tail.start();
    const delivered = gather(tail);

    await append('a', 'b');
    await append('c');
    await delivered.event('c');
    expect(delivered.names).toEqual(['a', 'b', 'c']);
  });

  it('tells its position, from which the log reads on', async () => {
    await append('before');
    await tail.start();
    expect(tail.position().sequence).toBe(1n);

    const delivered = gather(tail);
    await append('a', 'b');
    await delivered.event('b');
    const last = await database.prisma.loggedEvent.findUniqueOrThrow({ where: { sequence: 3n } });
    expect(tail.position()).toEqual(eventCursorOf(last));
  });

  it('delivers the same to each listener until that one leaves', async () => {
    await tail.start();
    const staying = gather(tail);
    const leaving = gather(tail);
    await append('a');
    await leaving.event('a');
    leaving.leave();
    await append('b');
    await staying.event('b');

    expect(staying.names).toEqual(['a', 'b']);
    expect(leaving.names).toEqual(['a']);
  });

  it('goes on for the others when a listener throws, and logs it', async () => {
    await tail.start();
    tail.subscribe(() => {
      throw new Error('planned');
    });
    const delivered = gather(tail);
    await append('a');
    await append('b');
    await delivered.event('b');
    expect(delivered.names).toEqual(['a', 'b']);
    expect(await line('A reader of the event log failed.')).toMatchObject({ level: 50 });
  });

  it('delivers a backlog in bounded pages', async () => {
    await tail.start();
    const delivered = gather(tail);
    await append(...numbered(1200));
    await delivered.event('event 1199');

    expect(delivered.names).toEqual(numbered(1200));
    const largest = Math.max(...delivered.pages.map((page) => page.events.length));
    expect(largest).toBeLessThanOrEqual(500);
  });

  it('delivers each event once however often it is woken', async () => {
    await tail.start();
    const delivered = gather(tail);
    for (const name of numbered(50)) {
      await append(name);
      for (let again = 0; again < 20; again += 1) tail.wake();
    }
    await delivered.event('event 49');
    expect(delivered.names).toEqual(numbered(50));
  });

  it('delivers a gap when the log became another one, and goes on at its end: LOG_RESET', async () => {
    await append('old');
    await tail.start();
    const delivered = gather(tail);
    await replaceLog(database, 'restored', 'restored too');
    tail.wake();
    const { gap } = await delivered.gap();
    await append('new');
    await delivered.event('new');

    expect(gap?.reason).toBe('LOG_RESET');
    // A tail that looked while the log was being replaced goes on further back, and misses nothing.
    const missed = Number(gap?.resumedAt.sequence);
    expect(delivered.names).toEqual(['restored', 'restored too', 'new'].slice(missed));
  });

  it('delivers nothing once it is closed', async () => {
    await tail.start();
    const delivered = gather(tail);
    await Promise.all([append('a'), tail.close()]);
    const atClose = [...delivered.names];
    await append('b');
    await database.ping();
    expect(delivered.names).toEqual(atClose);
  });

  it('refuses to start on a sequence that cannot keep the order', async () => {
    await database.prisma.$executeRaw`ALTER SEQUENCE logged_event_sequence_seq CACHE 20`;
    await expect(tail.start()).rejects.toThrow('CACHE 1');
    await database.prisma.$executeRaw`ALTER SEQUENCE logged_event_sequence_seq CACHE 1`;
  });
});
