import { v7 as uuidv7 } from 'uuid';
import type { EventTopic } from '../../generated/prisma/client.ts';
import type { Transaction } from '../database/database.ts';
import { lastNumber, lockTag } from './horizon.ts';

/** A change to be logged; who reads it loads the state anew. */
export interface NewEvent {
  topic: EventTopic;
  /** Name of the GraphQL event type, e.g. `UserChanged`. */
  type: string;
  /** The user whom it concerns. */
  userId: string | null;
  /** Ids, enum values and names of changed fields; never state, never personal data. */
  data: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * Appends events to the log, in the order given.
 *
 * Belongs at the end of the transaction, after the rows are changed, and once per transaction:
 * readers wait from here until the commit for whatever was appended later. Writers wait for nobody.
 * After the commit, wake the tail.
 */
export async function appendEvents(
  transaction: Transaction,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return;

  // Taken by every append: ROLLBACK TO SAVEPOINT releases a lock that an earlier append took.
  await transaction.$executeRaw`
    SELECT pg_advisory_xact_lock_shared((${lockTag}::bigint << 48) | (${lastNumber}))`;

  const rows = events.map((event) => ({
    id: uuidv7(),
    topic: event.topic,
    type: event.type,
    user_id: event.userId,
    data: event.data,
  }));
  await transaction.$executeRaw`
    INSERT INTO logged_event (sequence, id, topic, type, user_id, data)
    SELECT nextval('logged_event_sequence_seq'), id, topic, type, user_id, data
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS event (id uuid, topic event_topic, type text, user_id uuid, data jsonb)`;
}
