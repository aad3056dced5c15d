import { v7 as uuidv7 } from 'uuid';
import type { EventTopic } from '../../generated/prisma/client.ts';
import type { Transaction } from '../database/database.ts';
import { lockTag } from './horizon.ts';

/** A change to be logged; who reads it loads the state anew. */
export interface NewEvent {
  /** Its own when it is left out. */
  id?: string;
  topic: EventTopic;
  /** Name of the GraphQL event type, e.g. `UserChanged`. */
  type: string;
  /** The user whom it concerns. */
  userId: string | null;
  /** Whom it is for besides: a channel, e.g. `broadcast` or `role:admin`. */
  audience?: string;
  /** Ids, enum values and names of changed fields; never state, never personal data. */
  data: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * Appends events to the log, in the order given.
 *
 * One statement; belongs at the end of the transaction, after the rows are changed, and once per transaction:
 * readers wait from here until the commit for whatever was appended later. Writers wait for nobody.
 * After the commit, wake the tail.
 */
export async function appendEvents(
  transaction: Transaction,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return;

  const rows = events.map((event) => ({
    id: event.id ?? uuidv7(),
    topic: event.topic,
    type: event.type,
    user_id: event.userId,
    audience: event.audience ?? null,
    data: event.data,
  }));
  // Its lock is taken by every append: ROLLBACK TO SAVEPOINT releases one that an earlier append took.
  await transaction.$executeRaw`
    SELECT append_events(${lockTag}::bigint, ${JSON.stringify(rows)}::jsonb)`;
}
