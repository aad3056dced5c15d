import type { LoggedEvent } from '../../generated/prisma/client.ts';
import { type EventCursor, eventCursorOf } from './cursor.ts';
import { isGap, type LiveGap } from './live-buffer.ts';

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

/** Nothing to tell for a while; the reader has been given all that it wants up to the cursor. */
export interface Heartbeat {
  kind: 'heartbeat';
  cursor: EventCursor;
  at: Date;
}

/** What a stream tells, in the order of the log. */
export type StreamEntry = StreamedEvent | CaughtUp | StreamGap | Heartbeat;

/** Tells what a reader has seen that was given an entry. */
export function placeOf(entry: StreamEntry): EventCursor {
  if (entry.kind === 'event') return eventCursorOf(entry.event);
  return entry.kind === 'gap' ? entry.resumedAt : entry.cursor;
}

/** Tells whether a reader that has seen a row has seen an entry, or all that a gap leaves out. */
export function isSeen(entry: LoggedEvent | LiveGap, { sequence }: EventCursor): boolean {
  if (!isGap(entry)) return entry.sequence <= sequence;
  return entry.reason === 'RETENTION_EXCEEDED' && entry.resumedAt.sequence <= sequence;
}
