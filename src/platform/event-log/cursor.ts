import type { LoggedEvent } from '../../generated/prisma/client.ts';
import { decodeBase64url } from '../base64url.ts';

/**
 * Names one row of the event log: a reader that holds it has seen that row and all before it.
 *
 * The id is part of it because numbers alone can be handed out twice, after a backup is restored.
 */
export interface EventCursor {
  readonly sequence: bigint;
  /** First 8 bytes of the event id, as 16 hexadecimal digits. */
  readonly idPrefix: string;
}

/** Stands before the first row that was ever written; what a reader of an empty log holds. */
export const logStart: EventCursor = { sequence: 0n, idPrefix: '0'.repeat(16) };

const format = 1;
const sequenceBytes = 6;
const idBytes = 8;
// 15 bytes: they fill 20 characters of base64url to the last bit.
const totalBytes = 1 + sequenceBytes + idBytes;

/** Names the row of an event. */
export function eventCursorOf(event: Pick<LoggedEvent, 'sequence' | 'id'>): EventCursor {
  return {
    sequence: event.sequence,
    idPrefix: event.id.replaceAll('-', '').slice(0, 2 * idBytes),
  };
}

/** Tells whether two cursors name the same row. */
export function isSameCursor(one: EventCursor, other: EventCursor): boolean {
  return one.sequence === other.sequence && one.idPrefix === other.idPrefix;
}

/** Writes a cursor as 20 characters of base64url, the same on every instance and after restarts. */
export function encodeEventCursor(cursor: EventCursor): string {
  const bytes = Buffer.alloc(totalBytes);
  bytes.writeUInt8(format, 0);
  bytes.writeUIntBE(Number(cursor.sequence), 1, sequenceBytes);
  bytes.write(cursor.idPrefix, 1 + sequenceBytes, 'hex');
  return bytes.toString('base64url');
}

/**
 * Reads a cursor that came from outside.
 *
 * Returns null when it is not the one spelling of a cursor; whether its row exists is for
 * the reader of the log to find out.
 */
export function decodeEventCursor(text: string): EventCursor | null {
  const bytes = decodeBase64url(text, totalBytes);
  if (bytes === null || bytes.readUInt8(0) !== format) return null;
  const cursor: EventCursor = {
    sequence: BigInt(bytes.readUIntBE(1, sequenceBytes)),
    idPrefix: bytes.toString('hex', 1 + sequenceBytes),
  };
  if (cursor.sequence === logStart.sequence && cursor.idPrefix !== logStart.idPrefix) return null;
  return cursor;
}
