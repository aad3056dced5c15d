import type { PrismaClient } from '../../generated/prisma/client.ts';

interface SequenceSettings {
  cache: bigint | null;
  increment: bigint | null;
  isReplica: boolean;
}

/** Refuses a database on which the order of the event log would not hold. */
export async function verifySequence(prisma: PrismaClient): Promise<void> {
  const [settings] = await prisma.$queryRaw<SequenceSettings[]>`
    SELECT seqcache AS cache, seqincrement AS increment, pg_is_in_recovery() AS "isReplica"
    FROM (SELECT to_regclass('logged_event_sequence_seq') AS name) AS wanted
    LEFT JOIN pg_sequence ON seqrelid = wanted.name`;
  if (settings === undefined || settings.cache === null) {
    throw new Error('The sequence logged_event_sequence_seq is missing: apply the migrations.');
  }
  // A session that caches numbers hands out old ones after others have handed out newer ones.
  if (settings.cache !== 1n || settings.increment !== 1n) {
    throw new Error(
      'The event log needs a sequence that hands out each number in turn: ' +
        'ALTER SEQUENCE logged_event_sequence_seq CACHE 1 INCREMENT BY 1.',
    );
  }
  if (settings.isReplica) {
    throw new Error('The event log can be read on the primary only; this database is a replica.');
  }
}
