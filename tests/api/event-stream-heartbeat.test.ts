import { describe, expect, it } from 'vitest';
import { appendEvents } from '../../src/platform/event-log/append.ts';
import { logStart } from '../../src/platform/event-log/cursor.ts';
import type { Heartbeats } from '../../src/platform/event-log/heartbeats.ts';
import { namedEvents } from '../support/event-log.ts';
import {
  cursorAt,
  everything,
  interrupt,
  numbered,
  take,
  takeOne,
  useStreams,
} from '../support/event-stream.ts';

const at = new Date('2026-05-01T12:00:00Z');
const ofAda = { ...everything, wholeTopics: [] };

/** Heartbeats whose time comes when the test says so. */
function heartbeatsAtCommand() {
  const timers = new Set<() => void>();
  let restarts = 0;
  const heartbeats: Heartbeats = {
    clock: () => at,
    startTimer(onIdle) {
      timers.add(onIdle);
      return {
        restart() {
          restarts += 1;
        },
        stop: () => void timers.delete(onIdle),
      };
    },
  };
  return {
    heartbeats,
    beIdle() {
      for (const onIdle of timers) onIdle();
    },
    running: () => timers.size,
    restarts: () => restarts,
  };
}

describe('a heartbeat of a stream of events', () => {
  const log = useStreams();
  const cursor = (sequence: bigint) => cursorAt(log.database, sequence);

  it('comes when there was nothing to tell, and again after as long', async () => {
    await log.appendAndTell('before');
    const { heartbeats, beIdle } = heartbeatsAtCommand();
    const stream = log.open(null, { heartbeats });
    await take(stream, 1);
    for (const _ of [1, 2]) {
      const next = takeOne(stream);
      beIdle();
      expect(await next).toEqual({ kind: 'heartbeat', cursor: await cursor(1n), at });
    }
    await log.append('a');
    expect(await take(stream, 1)).toEqual(['a']);
  });

  it('moves a reader on past what its filter does not want', async () => {
    const { heartbeats, beIdle } = heartbeatsAtCommand();
    const stream = log.open(null, { heartbeats, filter: ofAda });
    await take(stream, 1);
    await log.appendAndTell('of nobody', 'of nobody');
    const next = takeOne(stream);
    beIdle();
    expect(await next).toEqual({ kind: 'heartbeat', cursor: await cursor(2n), at });

    const { prisma } = log.database;
    await prisma.$transaction((transaction) =>
      appendEvents(transaction, [
        ...namedEvents('of nobody'),
        ...namedEvents('of ada').map((event) => ({ ...event, userId: ofAda.userId })),
      ]),
    );
    log.tail.wake();
    expect(await take(stream, 1)).toEqual(['of ada']);
  });

  it('does not come while there is something to tell', async () => {
    const { heartbeats, beIdle, restarts } = heartbeatsAtCommand();
    const stream = log.open(null, { heartbeats });
    await take(stream, 1);
    await log.appendAndTell('a', 'b');
    // A reader that is slow to ask is not idle.
    beIdle();
    const before = restarts();
    expect(await take(stream, 2)).toEqual(['a', 'b']);
    expect(restarts()).toBe(before + 2);

    const next = takeOne(stream);
    beIdle();
    expect(await next).toMatchObject({ kind: 'heartbeat', cursor: await cursor(2n) });
  });

  it('does not come while the log is read back', async () => {
    await log.appendAndTell(...numbered(3));
    const { heartbeats, beIdle } = heartbeatsAtCommand();
    const prisma = interrupt(log.database.prisma, async () => beIdle());
    const stream = log.open(logStart, { heartbeats, prisma });
    expect(await take(stream, 4)).toEqual([
      ...numbered(3).map((name) => `old ${name}`),
      'caught-up',
    ]);
  });

  it('does not come before what is being picked, which it then passes over', async () => {
    const { heartbeats, beIdle } = heartbeatsAtCommand();
    const picking = Promise.withResolvers<void>();
    const picked = Promise.withResolvers<[]>();
    const pick = () => {
      picking.resolve();
      return picked.promise;
    };
    const stream = log.open(null, { heartbeats, pick });
    await take(stream, 1);
    const next = takeOne(stream);
    await log.append('not picked');
    await picking.promise;
    let isTold = false;
    void next.then(() => {
      isTold = true;
    });
    beIdle();
    await new Promise((resolve) => setImmediate(resolve));
    expect(isTold).toBe(false);

    picked.resolve([]);
    expect(await next).toMatchObject({ kind: 'heartbeat', cursor: await cursor(1n) });
  });

  it('never takes back a reader that is ahead of this instance', async () => {
    await log.appendAndTell('a');
    const { heartbeats, beIdle } = heartbeatsAtCommand();
    const ahead = { sequence: 9n, idPrefix: 'a'.repeat(16) };
    const behind = { ...log.tail, position: () => ahead };
    const stream = log.open(ahead, { heartbeats, tail: behind });
    await take(stream, 1);
    const next = takeOne(stream);
    await log.appendAndTell('b');
    beIdle();
    expect(await next).toMatchObject({ kind: 'heartbeat', cursor: ahead });
  });

  it('needs no timer of a stream that is over', async () => {
    const { heartbeats, running } = heartbeatsAtCommand();
    const stream = log.open(null, { heartbeats });
    await take(stream, 1);
    expect(running()).toBe(1);
    await stream.return?.();
    expect(running()).toBe(0);
  });
});
