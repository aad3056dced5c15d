import type { LoggedEvent, PrismaClient } from '../../generated/prisma/client.ts';
import { createFeed } from '../feed.ts';
import { type EventCursor, eventCursorOf, isSameCursor } from './cursor.ts';
import type { EventFilter } from './filter.ts';
import { createLiveBuffer, isGap, type LiveGap } from './live-buffer.ts';
import { readEventsUpTo } from './read.ts';
import type { EventTail } from './tail.ts';

const pageSize = 100;
const defaultBufferSize = 1_000;

/** An event as a stream tells it. */
export interface StreamedEvent {
  kind: 'event';
  event: LoggedEvent;
  /** Whether it was read back from the log, rather than told as it happened. */
  replayed: boolean;
}

/** The end of the replay: what follows happened later than the stream began. */
export interface CaughtUp {
  kind: 'caught-up';
  cursor: EventCursor;
}

/** Events that the reader cannot have any more. */
export interface StreamGap extends LiveGap {
  kind: 'gap';
  /** What the reader had seen. */
  from: EventCursor;
}

/** What a stream tells, in the order of the log. */
export type StreamEntry = StreamedEvent | CaughtUp | StreamGap;

/** What a stream is to tell. */
export interface StreamQuery {
  /** The last row seen; null begins now. */
  after: EventCursor | null;
  filter: EventFilter;
  /** How many live events are kept for a reader that is slow to take them. */
  bufferSize?: number;
}

/**
 * Follows the log from a cursor: first what was missed, a page at a time as it is asked for, then
 * `caught-up` once, then what happens. Each event comes once, in order, or a gap says that it does
 * not. Begins with the first `next`; rejects once and ends when the log cannot be replayed. Idle, it
 * costs no statement.
 */
export function streamEvents(
  { prisma, tail }: { prisma: PrismaClient; tail: EventTail },
  { after, filter, bufferSize = defaultBufferSize }: StreamQuery,
): AsyncIterableIterator<StreamEntry, undefined> {
  return createFeed<StreamEntry>(({ wake, fail }) => {
    const live = createLiveBuffer(filter, bufferSize);
    const replayed: (StreamedEvent | StreamGap)[] = [];
    // Where the tail takes over: it has read the log up to there, so that part of it is final, and
    // what it reads from there on is in `live`, for nothing comes between these two statements.
    const takeover = tail.position();
    const close = tail.subscribe((page) => {
      live.add(page);
      wake();
    });
    // How far the log was read back; the reader may not have been given all of it yet.
    let position = after ?? takeover;
    let given = position;
    let readTo = isSameCursor(position, takeover) ? null : takeover;
    let isReading = false;
    let isLive = false;

    function take(): StreamEntry | undefined {
      const entry = replayed.shift() ?? (isLive ? takeLive() : readOn());
      if (entry !== undefined) given = placeOf(entry);
      return entry;
    }

    function takeLive(): StreamedEvent | StreamGap | undefined {
      for (let entry = live.take(); entry !== undefined; entry = live.take()) {
        // A reader that comes from another instance can be ahead of the tail of this one.
        if (isSeen(entry, given)) continue;
        if (isGap(entry)) return { kind: 'gap', from: given, ...entry };
        return { kind: 'event', event: entry, replayed: false };
      }
      return undefined;
    }

    function readOn(): CaughtUp | undefined {
      if (isReading) return undefined;
      // What did not fit meanwhile is still in the log.
      readTo ??= live.recover();
      if (readTo !== null) {
        readPage(readTo).catch(fail);
        return undefined;
      }
      isLive = true;
      return { kind: 'caught-up', cursor: position };
    }

    async function readPage(end: EventCursor): Promise<void> {
      isReading = true;
      const query = { after: position, limit: pageSize, filter };
      const { events, cursor, hasMore, gap } = await readEventsUpTo(prisma, end.sequence, query);
      isReading = false;
      if (gap !== null) replayed.push({ kind: 'gap', from: given, ...gap });
      for (const event of events) replayed.push({ kind: 'event', event, replayed: true });
      position = cursor;
      if (!hasMore) readTo = null;
      wake();
    }

    return { take, close };
  });
}

/** Tells whether a reader that has seen a row has seen an entry, or all that a gap leaves out. */
function isSeen(entry: LoggedEvent | LiveGap, { sequence }: EventCursor): boolean {
  if (!isGap(entry)) return entry.sequence <= sequence;
  return entry.reason === 'RETENTION_EXCEEDED' && entry.resumedAt.sequence <= sequence;
}

/** Tells what a reader has seen that was given an entry. */
export function placeOf(entry: StreamEntry): EventCursor {
  if (entry.kind === 'event') return eventCursorOf(entry.event);
  return entry.kind === 'gap' ? entry.resumedAt : entry.cursor;
}
