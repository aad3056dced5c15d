import { describe, expect, it } from 'vitest';
import { logStart } from '../../src/platform/event-log/cursor.ts';
import { cursorAt, interrupt, numbered, take, useStreams } from '../support/event-stream.ts';
import { watchStatements } from '../support/statements.ts';

const over = { done: true, value: undefined };

describe('what a stream of events holds and costs', () => {
  const log = useStreams();

  it('listens to the tail from its first event until it is left', async () => {
    const [stream, other] = [log.open(null), log.open(null)];
    expect(log.listeners()).toBe(0);
    await Promise.all([stream.next(), other.next()]);
    expect(log.listeners()).toBe(2);
    await stream.return?.();
    await stream.return?.();
    expect(log.listeners()).toBe(1);
    await other.return?.();
    expect(log.listeners()).toBe(0);
    expect(await stream.next()).toEqual(over);
  });

  it('ends at once for a reader that waits for an event', async () => {
    const stream = log.open(null);
    await stream.next();
    const waiting = stream.next();
    await stream.return?.();
    expect(await waiting).toEqual(over);
  });

  it('ends at once for a reader that waits for the database', async () => {
    await log.appendAndTell('a');
    const reading = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const prisma = interrupt(log.database.prisma, () => {
      reading.resolve();
      return answer.promise;
    });
    const stream = log.open(logStart, { prisma });
    const waiting = stream.next();
    await reading.promise;
    await stream.return?.();
    expect(await waiting).toEqual(over);
    expect(log.listeners()).toBe(0);
    answer.reject(new Error('planned'));
  });

  it('rejects once when the log cannot be read back, and ends', async () => {
    await log.appendAndTell('a');
    const prisma = interrupt(log.database.prisma, () => Promise.reject(new Error('planned')));
    const stream = log.open(logStart, { prisma });
    const [first, second] = [stream.next(), stream.next()];
    await expect(first).rejects.toThrow('planned');
    expect(await second).toEqual(over);
    expect(await stream.next()).toEqual(over);
    expect(log.listeners()).toBe(0);
  });

  it('reads the next page when the one before is taken', async () => {
    await log.appendAndTell(...numbered(250));
    let readings = 0;
    const prisma = interrupt(log.database.prisma, async () => {
      readings += 1;
    });
    const stream = log.open(await cursorAt(log.database, 1n), { prisma });
    await take(stream, 100);
    // The page, and the row of the cursor.
    expect(readings).toBe(2);
    await take(stream, 1);
    expect(readings).toBe(4);
  });

  it('sends no statement to begin where the log ends, to wait or to tell of an event', async () => {
    await log.appendAndTell('before');
    const [stream, resumed] = [log.open(null), log.open(log.tail.position())];
    const waiting = Promise.withResolvers<void>();
    const appending = waiting.promise.then(() => log.append('a'));
    const { sent, result } = await watchStatements(log.database).record(
      async () => {
        const begun = [...(await take(stream, 1)), ...(await take(resumed, 1))];
        const events = Promise.all([take(stream, 1), take(resumed, 1)]);
        waiting.resolve();
        return [...begun, ...(await events).flat()];
      },
      { everything: true },
    );
    await appending;
    expect(result).toEqual(['caught-up', 'caught-up', 'a', 'a']);
    expect(sent).toEqual([]);
  });
});
