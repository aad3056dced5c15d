import type { LoggedEvent, PrismaClient } from '../../generated/prisma/client.ts';
import { createFeed } from '../feed.ts';
import { type EventCursor, isSameCursor } from './cursor.ts';
import type { EventFilter } from './filter.ts';
import type { Heartbeats } from './heartbeats.ts';
import { createLiveBuffer, isGap } from './live-buffer.ts';
import { readEventsUpTo } from './read.ts';
import {
  type CaughtUp,
  type Heartbeat,
  isSeen,
  placeOf,
  type StreamEntry,
  type StreamedEvent,
  type StreamGap,
} from './stream-entries.ts';
import type { EventTail } from './tail.ts';

const pageSize = 100;
const defaultBufferSize = 1_000;

/** What a stream is to tell. */
export interface StreamQuery {
  /** The last row seen; null begins now. */
  after: EventCursor | null;
  filter: EventFilter;
  /**
   * Picks out of events that the filter lets through, at most 100, those that are wanted by what the
   * log does not have of them; in the same order.
   */
  pick?: (events: readonly LoggedEvent[]) => Promise<readonly LoggedEvent[]>;
  /** How many live events are kept for a reader that is slow to take them. */
  bufferSize?: number;
}

/** What streams read from. */
export interface StreamSource {
  prisma: PrismaClient;
  tail: EventTail;
  /** None are told when it is left out. */
  heartbeats?: Heartbeats;
}

/**
 * Follows the log from a cursor: first what was missed, a page at a time as it is asked for, then
 * `caught-up` once, then what happens, and a heartbeat whenever that is nothing for a while. Each
 * event comes once, in order, or a gap says that it does not. Begins with the first `next`; rejects
 * once and ends when the log cannot be read. Idle, it costs no statement.
 */
export function streamEvents(
  { prisma, tail, heartbeats }: StreamSource,
  { after, filter, pick, bufferSize = defaultBufferSize }: StreamQuery,
): AsyncIterableIterator<StreamEntry, undefined> {
  return createFeed<StreamEntry>(({ wake, fail }) => {
    const live = createLiveBuffer(bufferSize);
    const ready: (StreamedEvent | StreamGap)[] = [];
    // Where the tail takes over: it has read the log up to there, so that part of it is final, and
    // what it reads from there on is in `live`, for nothing comes between these two statements.
    const takeover = tail.position();
    const unsubscribe = tail.subscribe((page) => {
      live.add(page);
      wake();
    }, filter);
    // How far the log was read back; the reader may not have been given all of it yet.
    let position = after ?? takeover;
    let given = position;
    let readTo = isSameCursor(position, takeover) ? null : takeover;
    let isReading = false;
    let isLive = false;
    let isIdle = false;
    const timer = heartbeats?.startTimer(() => {
      isIdle = true;
      wake();
    });

    function take(): StreamEntry | undefined {
      const entry = ready.shift() ?? (isLive ? takeLive() : readOn());
      if (entry === undefined) return undefined;
      isIdle = false;
      timer?.restart();
      given = placeOf(entry);
      return entry;
    }

    function takeLive(): StreamedEvent | StreamGap | Heartbeat | undefined {
      if (isReading) return undefined;
      const chunk: LoggedEvent[] = [];
      for (let entry = live.take(); entry !== undefined; entry = live.take()) {
        // A reader that comes from another instance can be ahead of the tail of this one.
        if (isSeen(entry, given)) continue;
        if (isGap(entry)) return { kind: 'gap', from: given, ...entry };
        if (pick === undefined) return { kind: 'event', event: entry, replayed: false };
        chunk.push(entry);
        if (chunk.length === pageSize || live.isGapNext()) break;
      }
      if (chunk.length > 0) prepare(chunk, false).catch(fail);
      else if (isIdle && heartbeats) return beat(heartbeats);
      return undefined;
    }

    /** Nothing is buffered and nothing is being read: the reader was given all that the tail was. */
    function beat({ clock }: Heartbeats): Heartbeat {
      const told = tail.position();
      return {
        kind: 'heartbeat',
        cursor: told.sequence > given.sequence ? told : given,
        at: clock(),
      };
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
      if (gap !== null) ready.push({ kind: 'gap', from: given, ...gap });
      position = cursor;
      if (!hasMore) readTo = null;
      await prepare(events, true);
    }

    async function prepare(events: readonly LoggedEvent[], replayed: boolean): Promise<void> {
      isReading = true;
      const wanted = pick === undefined || events.length === 0 ? events : await pick(events);
      for (const event of wanted) ready.push({ kind: 'event', event, replayed });
      isReading = false;
      wake();
    }

    return {
      take,
      close() {
        timer?.stop();
        unsubscribe();
      },
    };
  });
}
