import { Prisma } from '../../generated/prisma/client.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { PeriodicWork } from '../jobs/periodic.ts';
import { logStart } from './cursor.ts';
import { readHorizon } from './horizon.ts';
import { findEnd } from './read.ts';

/** How much of the log is kept: whatever breaks one of the two bounds goes. */
export interface EventRetention {
  days: number;
  /** Rows. */
  events: number;
}

/** How many rows go in one transaction. */
const batchSize = 1_000;
/** How many batches one call prunes at most, so that a server with a backlog can still be stopped. */
const maxBatches = 200;
const pruningIntervalMs = 300_000;
/** Any number; whoever holds the lock is the one who prunes. */
const pruningLock = 7_311_005;

/**
 * Removes the oldest rows of the log, as far as they are too old or too many, and answers how many:
 * always a beginning of what is final, so that whoever finds the row of their cursor finds all after
 * it, and never the newest row, by which cursors are told from those of another log. Safe on several
 * instances at once: one prunes, the others go on without waiting, and so does whoever appends.
 */
export async function pruneEvents(
  { prisma }: Pick<Database, 'prisma'>,
  { days, events }: EventRetention,
): Promise<number> {
  const newest = await findEnd(prisma, await readHorizon(prisma));
  const excess = await findExcess(prisma, newest.sequence, events);
  let pruned = 0;
  for (let batch = 1; batch <= maxBatches; batch++) {
    const removed = await prisma.$transaction((transaction) =>
      pruneBatch(transaction, { before: newest.sequence, excess, days }),
    );
    pruned += removed;
    if (removed < batchSize) break;
  }
  return pruned;
}

/** Describes how that is done from time to time. */
export function periodicEventPruning(
  database: Pick<Database, 'prisma'>,
  retention: EventRetention,
): PeriodicWork {
  return {
    work: () => pruneEvents(database, retention),
    intervalMs: pruningIntervalMs,
    onFault: 'The event log could not be pruned; it will be in 5 minutes.',
  };
}

/** Finds the newest row that is too much; number 0 where there is none. */
async function findExcess(
  prisma: Database['prisma'],
  newest: bigint,
  events: number,
): Promise<bigint> {
  const oldest = await prisma.loggedEvent.findFirst({ orderBy: { sequence: 'asc' } });
  // Numbers that were never used count here, so that most calls need not count rows.
  const isEnough = oldest === null || newest - oldest.sequence < BigInt(events);
  if (isEnough) return logStart.sequence;
  const [row] = await prisma.$queryRaw<{ sequence: bigint }[]>`
    SELECT sequence FROM logged_event WHERE sequence <= ${newest}
    ORDER BY sequence DESC OFFSET ${events}::int LIMIT 1`;
  return row?.sequence ?? logStart.sequence;
}

async function pruneBatch(
  transaction: Transaction,
  { before, excess, days }: { before: bigint; excess: bigint; days: number },
): Promise<number> {
  const [lock] = await transaction.$queryRaw<{ held: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(${pruningLock}::bigint) AS held`;
  if (!lock?.held) return 0;
  const isKept = Prisma.sql`sequence > ${excess}
    AND occurred_at >= statement_timestamp() - make_interval(days => ${days}::int)`;
  // Up to the first that is kept: one of a transaction that took long may be older than those before.
  return transaction.$executeRaw`
    WITH oldest AS (
      SELECT sequence, occurred_at FROM logged_event WHERE sequence < ${before}
      ORDER BY sequence LIMIT ${batchSize}::int)
    DELETE FROM logged_event WHERE sequence <= (SELECT max(sequence) FROM oldest)
      AND sequence < coalesce((SELECT min(sequence) FROM oldest WHERE ${isKept}), ${before})`;
}
