import { describe, expect, it } from 'vitest';
import { appendEvents } from '../../src/platform/event-log/append.ts';
import { logStart } from '../../src/platform/event-log/cursor.ts';
import { streamEvents } from '../../src/platform/event-log/stream.ts';
import { createTail } from '../../src/platform/event-log/tail.ts';
import { captureLog } from '../support/captured-log.ts';
import { namedEvents, namedEventsOf } from '../support/event-log.ts';
import {
  ada,
  cursorAt,
  everything,
  interrupt,
  numbered,
  old,
  take,
  takeOne,
  takeReplay,
  useStreams,
} from '../support/event-stream.ts';

const ofAda = { ...everything, wholeTopics: [] };

describe('a stream of events', () => {
  const log = useStreams();

  it('begins now without a cursor, and says where that is', async () => {
    await log.appendAndTell('before');
    const stream = log.open(null);
    expect(await takeOne(stream)).toEqual({ kind: 'caught-up', cursor: log.tail.position() });

    await log.append('a', 'b');
    expect(await take(stream, 2)).toEqual(['a', 'b']);
  });

  it('reads back what came after a cursor, says that it caught up, and goes on live', async () => {
    await log.appendAndTell('seen', 'a', 'b');
    const stream = log.open(await cursorAt(log.database, 1n));
    expect(await take(stream, 3)).toEqual(['old a', 'old b', 'caught-up']);

    await log.append('c');
    expect(await take(stream, 1)).toEqual(['c']);
  });

  it('reads the whole log back from the cursor of an empty one', async () => {
    await log.appendAndTell(...numbered(250));
    expect(await takeReplay(log.open(logStart))).toEqual(old(numbered(250)));
  });

  it('tells the same to each of its readers', async () => {
    await log.appendAndTell('a');
    const [one, other] = [log.open(logStart), log.open(null)];
    expect(await take(one, 2)).toEqual(['old a', 'caught-up']);
    expect(await take(other, 1)).toEqual(['caught-up']);
    await log.append('b', 'c');
    expect(await take(one, 2)).toEqual(['b', 'c']);
    expect(await take(other, 2)).toEqual(['b', 'c']);
  });

  it('leaves out what its filter does not want, read back and live alike', async () => {
    const appendBoth = () =>
      log.database.prisma.$transaction((transaction) =>
        appendEvents(transaction, [...namedEvents('of nobody'), ...namedEventsOf(ada, 'of ada')]),
      );
    await appendBoth();
    await log.appendAndTell('of nobody');
    const stream = log.open(logStart, { filter: ofAda });
    expect(await take(stream, 2)).toEqual(['old of ada', 'caught-up']);

    await appendBoth();
    await appendBoth();
    log.tail.wake();
    expect(await take(stream, 2)).toEqual(['of ada', 'of ada']);
  });

  it('catches up at the row up to which it has read, wanted or not', async () => {
    await log.appendAndTell('of nobody', 'of nobody');
    const caughtUp = await takeOne(log.open(logStart, { filter: ofAda }));
    expect(caughtUp).toEqual({ kind: 'caught-up', cursor: await cursorAt(log.database, 2n) });
  });

  // Two pages: rows and row of the cursor, then rows, newest row and row of the cursor.
  it.each([1, 2, 3, 4, 5])(
    'loses nothing and repeats nothing when events come after reading %i of the replay',
    async (interrupted) => {
      await log.appendAndTell(...numbered(150));
      const prisma = interrupt(log.database.prisma, async (reading) => {
        if (reading === interrupted) await log.appendAndTell(...numbered(3, 150));
      });
      const stream = log.open(await cursorAt(log.database, 1n), { prisma });
      expect(await take(stream, 153)).toEqual([
        ...old(numbered(149, 1)),
        'caught-up',
        ...numbered(3, 150),
      ]);
    },
  );

  it('loses nothing and repeats nothing while events come all the time', async () => {
    const count = 400;
    const stream = log.open(logStart);
    const writing = (async () => {
      for (const name of numbered(count)) await log.append(name);
    })();
    const names = await take(stream, count + 1);
    await writing;
    const told = names.filter((name) => name !== 'caught-up');
    expect(told.map((name) => name.replace('old ', ''))).toEqual(numbered(count));
  });

  it('repeats nothing to a reader that is ahead of this instance', async () => {
    // Nobody wakes this tail: it stays behind the log, as that of another instance may.
    const behind = createTail({ database: log.database, log: captureLog().log });
    await behind.start();
    await log.append('a', 'b');
    const stream = streamEvents(
      { prisma: log.database.prisma, tail: behind },
      { after: await cursorAt(log.database, 2n), filter: everything },
    );
    expect(await takeOne(stream)).toMatchObject({ kind: 'caught-up', cursor: { sequence: 2n } });

    await log.append('c');
    behind.wake();
    expect(await take(stream, 1)).toEqual(['c']);
    await behind.close();
  });
});
