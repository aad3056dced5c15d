import { describe, expect, it } from 'vitest';
import { logStart } from '../../src/platform/event-log/cursor.ts';
import { streamEvents } from '../../src/platform/event-log/stream.ts';
import { createTail } from '../../src/platform/event-log/tail.ts';
import { captureLog } from '../support/captured-log.ts';
import { pruneLog, replaceLog } from '../support/event-log.ts';
import {
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

describe('a gap in a stream of events', () => {
  const log = useStreams();
  const cursor = (sequence: bigint) => cursorAt(log.database, sequence);

  it('tells of a cursor whose row is pruned, and goes on: RETENTION_EXCEEDED', async () => {
    await log.appendAndTell('seen', 'lost', 'lost too', 'kept');
    const from = await cursor(1n);
    await pruneLog(log.database, 2n);
    const stream = log.open(from);
    const resumedAt = await cursor(3n);
    const gap = { kind: 'gap', reason: 'RETENTION_EXCEEDED', from, resumedAt };
    expect(await takeOne(stream)).toEqual(gap);

    await log.append('new');
    expect(await take(stream, 3)).toEqual(['old kept', 'caught-up', 'new']);
  });

  it('tells of a cursor of another log, and goes on at the end of this one: LOG_RESET', async () => {
    await log.appendAndTell('a', 'b');
    const from = { ...(await cursor(1n)), idPrefix: 'f'.repeat(16) };
    const stream = log.open(from);
    const gap = { kind: 'gap', reason: 'LOG_RESET', from, resumedAt: await cursor(2n) };
    expect(await takeOne(stream)).toEqual(gap);

    await log.append('new');
    expect(await take(stream, 2)).toEqual(['caught-up', 'new']);
  });

  it('tells of a log that becomes another one while it is live: LOG_RESET', async () => {
    const stream = log.open(null);
    await take(stream, 1);
    await log.append('a');
    expect(await take(stream, 1)).toEqual(['a']);
    const from = await cursor(1n);
    await replaceLog(log.database, 'restored', 'restored too', 'and more');
    log.tail.wake();
    const gap = await takeOne(stream);
    expect(gap).toMatchObject({ kind: 'gap', reason: 'LOG_RESET', from });

    // A tail that looked while the log was being replaced goes on further back.
    const missed = gap.kind === 'gap' ? Number(gap.resumedAt.sequence) : 0;
    const rest = ['restored', 'restored too', 'and more', 'new'].slice(missed);
    await log.append('new');
    expect(await take(stream, rest.length)).toEqual(rest);
  });

  it('tells of a log that becomes another one while it is read back: LOG_RESET', async () => {
    await log.appendAndTell(...numbered(250));
    const prisma = interrupt(log.database.prisma, async (reading) => {
      if (reading === 1) await replaceLog(log.database, ...numbered(260, 250));
    });
    const stream = log.open(await cursor(1n), { prisma });
    const gap = await takeOne(stream);
    expect(gap).toMatchObject({ reason: 'LOG_RESET', resumedAt: { sequence: 250n } });
    expect(await take(stream, 1)).toEqual(['caught-up']);

    // The tail learns of it later, at the next event at the latest.
    await log.append('new');
    expect(await take(stream, 1)).toEqual(['LOG_RESET']);
    await log.append('newer');
    let [name] = await take(stream, 1);
    while (name !== 'newer') [name] = await take(stream, 1);
  });

  it('is left where a slow reader has not taken what happened: SLOW_CONSUMER', async () => {
    const stream = log.open(null, { bufferSize: 5 });
    await log.append('taken');
    expect(await take(stream, 1)).toEqual(['caught-up']);
    await log.appendAndTell('taken too');
    expect(await take(stream, 2)).toEqual(['taken', 'taken too']);
    const from = await cursor(2n);

    await log.appendAndTell(...numbered(5));
    await log.appendAndTell('too much');
    await log.appendAndTell(...numbered(4));
    await log.appendAndTell('too much again');
    await log.appendAndTell('kept', 'kept too');
    const gap = { kind: 'gap', reason: 'SLOW_CONSUMER', from, resumedAt: await cursor(13n) };
    expect(await takeOne(stream)).toEqual(gap);
    expect(await take(stream, 2)).toEqual(['kept', 'kept too']);
  });

  it('is not left to a reader that had seen what this instance has missed', async () => {
    await log.appendAndTell('told');
    // Nobody wakes this tail: it stays behind the log, as that of another instance may.
    const behind = createTail({ database: log.database, log: captureLog().log });
    await behind.start();
    await log.append('pruned', 'kept', 'seen');
    const after = await cursor(4n);
    const stream = streamEvents(
      { prisma: log.database.prisma, tail: behind },
      { after, filter: everything },
    );
    expect(await take(stream, 1)).toEqual(['caught-up']);
    await pruneLog(log.database, 2n);
    await log.append('new');
    behind.wake();
    expect(await take(stream, 1)).toEqual(['new']);
    await behind.close();
  });

  it('is not left as long as the buffer holds what happened', async () => {
    const stream = log.open(null, { bufferSize: 5 });
    await take(stream, 1);
    await log.appendAndTell(...numbered(5));
    expect(await take(stream, 5)).toEqual(numbered(5));
  });

  it('is not left by what did not fit while the log was read back, for it is in the log', async () => {
    await log.appendAndTell(...numbered(3));
    const prisma = interrupt(log.database.prisma, async (reading) => {
      if (reading === 1) await log.appendAndTell(...numbered(20, 3));
    });
    const stream = log.open(logStart, { prisma, bufferSize: 5 });
    expect(await takeReplay(stream)).toEqual(old(numbered(23)));

    await log.append('new');
    expect(await take(stream, 1)).toEqual(['new']);
  });
});
