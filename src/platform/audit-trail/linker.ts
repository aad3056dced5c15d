import type { Database, Transaction } from '../database/database.ts';
import {
  type ChainedEvent,
  type ChainPlace,
  chainedColumns,
  chainStart,
  nextPlace,
} from './chain.ts';

/** How many events become part of the chain in one transaction. */
const batchSize = 500;
/** How many batches one call links at most, so that a server with a backlog can still be stopped. */
const maxBatches = 20;
/** Any number; whoever holds the lock is the one who adds to the chain. */
const linkLock = 7_311_004;

/**
 * Makes audit events that wait part of the chain, in the order of their ids, and answers how many.
 * Safe on several instances at once: one links, the others go on without waiting, and so does
 * whoever writes events. A batch is linked as a whole or not at all.
 */
export async function linkAuditEvents({ prisma }: Pick<Database, 'prisma'>): Promise<number> {
  let linked = 0;
  for (let batch = 1; batch <= maxBatches; batch++) {
    if ((await prisma.auditUnlinked.findFirst()) === null) break;
    const added = await prisma.$transaction(linkBatch);
    linked += added;
    if (added < batchSize) break;
  }
  return linked;
}

async function linkBatch(transaction: Transaction): Promise<number> {
  const [lock] = await transaction.$queryRaw<{ held: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(${linkLock}::bigint) AS held`;
  if (!lock?.held) return 0;
  // Only somebody with access to the database can have put them there; they would stop the chain for good.
  await transaction.$executeRaw`
    DELETE FROM audit_unlinked u USING audit_link l WHERE l.audit_event_id = u.audit_event_id`;
  const [last = chainStart] = await transaction.$queryRaw<ChainPlace[]>`
    SELECT position, encode(hash, 'hex') AS hash FROM audit_link ORDER BY position DESC LIMIT 1`;
  const events = await transaction.$queryRaw<ChainedEvent[]>`
    SELECT ${chainedColumns} FROM audit_unlinked u JOIN audit_event e ON e.id = u.audit_event_id
    ORDER BY u.audit_event_id LIMIT ${batchSize}::int`;
  const ids = events.map(({ id }) => id);
  await transaction.$executeRaw`
    INSERT INTO audit_link (position, audit_event_id, hash)
    SELECT ${last.position}::bigint + n, id, decode(hash, 'hex')
    FROM unnest(${ids}::uuid[], ${hashesAfter(last, events)}::text[])
      WITH ORDINALITY AS link (id, hash, n)`;
  await transaction.$executeRaw`
    DELETE FROM audit_unlinked WHERE audit_event_id = ANY(${ids}::uuid[])`;
  return events.length;
}

function hashesAfter(last: ChainPlace, events: readonly ChainedEvent[]): string[] {
  let place = last;
  return events.map((event) => {
    place = nextPlace(place, event);
    return place.hash;
  });
}
