import { Prisma, type PrismaClient } from '../../generated/prisma/client.ts';

/** Upper 16 bits of the advisory-lock keys of open appends; the lower 48 are a sequence number. */
export const lockTag = 0x6c6b;

/** SQL for the highest number handed out so far; a fresh sequence says 1 before it hands out 1. */
const lastNumber = Prisma.sql`
  SELECT last_value - (NOT is_called)::int FROM logged_event_sequence_seq`;

/** Reads the highest number handed out so far, by transactions that are still open too. */
export async function readLastNumber(prisma: PrismaClient): Promise<bigint> {
  const [row] = await prisma.$queryRaw<{ number: bigint }[]>`SELECT (${lastNumber}) AS number`;
  if (row === undefined) throw new Error('The sequence of the event log has no value.');
  return row.number;
}

/** Reads below which number no open transaction can still write; null when none has appended. */
async function readLowestOpenAppend(prisma: PrismaClient): Promise<bigint | null> {
  const [row] = await prisma.$queryRaw<{ number: bigint | null }[]>`
    SELECT min(((classid::bigint & 65535) << 32) | objid::bigint) AS number
    FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND (classid::bigint >> 16) = ${lockTag}
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  return row?.number ?? null;
}

/**
 * Reads the number up to which the log is final: what a later statement sees up to there is all
 * that will ever be there.
 *
 * On the primary only: a replica has no writers' locks. The horizon can fall back for a moment;
 * what was read stays final. Takes the client and not a transaction, whose snapshot could be older
 * than the horizon.
 */
export async function readHorizon(prisma: PrismaClient, knownLast?: bigint): Promise<bigint> {
  // The number first, the locks second, rows after both. A writer takes its lock before its
  // numbers and gives it back after its commit is visible, so whoever could still write at or below
  // `last` shows up in the locks, and whoever has left them shows up in the rows.
  const last = knownLast ?? (await readLastNumber(prisma));
  const lowestOpen = await readLowestOpenAppend(prisma);
  return lowestOpen !== null && lowestOpen < last ? lowestOpen : last;
}
