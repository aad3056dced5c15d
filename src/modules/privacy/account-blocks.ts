import type { Database, Transaction } from '../../platform/database/database.ts';
import { batchSize, inBatches } from './in-batches.ts';

interface Block {
  blockerId: string;
  blockedId: string;
}

/** Reads whom a user has blocked and who has blocked them, in batches, each of which is to be removed before the next. */
export function readBlocksOfBoth({ userBlock }: Database['prisma'], userId: string) {
  const read = async (): Promise<Block[]> => {
    const own = await userBlock.findMany({ where: { blockerId: userId }, take: batchSize });
    if (own.length > 0) return own;
    return userBlock.findMany({ where: { blockedId: userId }, take: batchSize });
  };
  return inBatches(null, read, () => null);
}

/** Removes blocks. */
export async function removeBlocks(
  transaction: Transaction,
  blocks: readonly Block[],
): Promise<void> {
  const blockers = blocks.map(({ blockerId }) => blockerId);
  const blocked = blocks.map(({ blockedId }) => blockedId);
  // In one order, for two who have blocked each other may go at once.
  await transaction.$executeRaw`
    DELETE FROM user_block WHERE (blocker_id, blocked_id) IN (
      SELECT blocker_id, blocked_id FROM user_block
      WHERE (blocker_id, blocked_id) IN (
        SELECT * FROM unnest(${blockers}::uuid[], ${blocked}::uuid[]))
      ORDER BY blocker_id, blocked_id FOR UPDATE)`;
}
