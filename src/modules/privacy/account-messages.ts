import type { DeletionMode } from '../../generated/prisma/client.ts';
import type { Database, Transaction } from '../../platform/database/database.ts';
import { batchSize, idOf, inBatches, leastId } from './in-batches.ts';

type Prisma = Database['prisma'];

/** Reads the ids of all that a user wrote and was sent, in batches. */
export function readMessageIds(prisma: Prisma, userId: string) {
  const read = (after: string) => prisma.$queryRaw<{ id: string }[]>`
    (SELECT id FROM message WHERE sender_id = ${userId}::uuid AND id > ${after}::uuid
      ORDER BY id LIMIT ${batchSize})
    UNION
    (SELECT id FROM message WHERE recipient_id = ${userId}::uuid AND NOT withheld
      AND id > ${after}::uuid ORDER BY id LIMIT ${batchSize})
    UNION
    (SELECT id FROM message WHERE recipient_id = ${userId}::uuid AND withheld
      AND id > ${after}::uuid ORDER BY id LIMIT ${batchSize})
    ORDER BY id LIMIT ${batchSize}`;
  return inBatches(leastId, read, idOf);
}

/**
 * Removes those of a user's messages that came to them, and in ERASE what they wrote as well, be it to
 * users or to channels; else others keep it and no longer see from whom.
 */
export async function removeMessages(
  transaction: Transaction,
  userId: string,
  mode: DeletionMode,
  messages: readonly { id: string }[],
): Promise<void> {
  const ids = messages.map(idOf);
  // In the order of their ids, as whoever marks them read takes them, and whoever deletes an
  // account at the other end.
  await transaction.$executeRaw`
    SELECT id FROM message WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR UPDATE`;
  // Of what reached nobody there is no reader left.
  await transaction.$executeRaw`
    DELETE FROM message WHERE id = ANY(${ids}::uuid[])
      AND (recipient_id = ${userId}::uuid OR withheld OR ${mode} = 'ERASE')`;
  await transaction.$executeRaw`
    UPDATE message SET sender_id = NULL WHERE id = ANY(${ids}::uuid[])`;
}
