import type { LoggedEvent } from '../../generated/prisma/client.ts';
import type { EventCursor } from './cursor.ts';
import type { EventGap, EventPage } from './read.ts';

/** Why a live reader misses events. */
export interface LiveGap {
  /** `SLOW_CONSUMER` means that more has happened than the buffer holds. */
  reason: EventGap['reason'] | 'SLOW_CONSUMER';
  /** Everything up to and including this row must be taken as missed. */
  resumedAt: EventCursor;
}

/** What the tail has delivered for a reader, and the reader has not taken yet; bounded. */
export interface LiveBuffer {
  /** Adds a page of what the reader wants; when that is too much, nothing is kept but the gap. */
  add(page: EventPage): void;
  /** Takes what is next in the order of the log; undefined when there is nothing. */
  take(): LoggedEvent | LiveGap | undefined;
  /** Tells whether that is a gap. */
  isGapNext(): boolean;
  /**
   * Forgets that it overflowed, for a reader that can still read the log instead. Answers the row
   * after which the buffer holds everything; null when it did not overflow.
   */
  recover(): EventCursor | null;
}

/** Creates a buffer of so many entries, which is to be more than a page of the tail. */
export function createLiveBuffer(size: number): LiveBuffer {
  const entries: (LoggedEvent | LiveGap)[] = [];
  return {
    add({ events, gap, cursor }) {
      if (gap !== null) entries.push(gap);
      entries.push(...events);
      if (entries.length <= size) return;
      entries.splice(0, entries.length, { reason: 'SLOW_CONSUMER', resumedAt: cursor });
    },
    take: () => entries.shift(),
    isGapNext: () => entries[0] !== undefined && isGap(entries[0]),
    recover() {
      const [first] = entries;
      if (first === undefined || !isGap(first) || first.reason !== 'SLOW_CONSUMER') return null;
      entries.shift();
      return first.resumedAt;
    },
  };
}

/** Tells a gap from an event. */
export function isGap(entry: LoggedEvent | LiveGap): entry is LiveGap {
  return 'resumedAt' in entry;
}
