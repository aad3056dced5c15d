import type { Database, Transaction } from '../../platform/database/database.ts';
import { readBlocksOfBoth, removeBlocks } from './account-blocks.ts';
import { readMessageIds, removeMessages } from './account-messages.ts';
import { readActIds, readSessionIds, removeOrigins, removeSessions } from './account-traces.ts';

/**
 * Removes what is left of a deleted account, of which there may be any number of rows: batch by batch,
 * each in a transaction of its own, and at last the row of the user in ERASE. May be broken off at any
 * time and done again, also by two at once; where nothing is left to be removed, it does nothing.
 */
export type EmptyAccount = (userId: string, signal: AbortSignal) => Promise<void>;

/** Builds `emptyAccount`. */
export function createEmptyAccount({ prisma }: Pick<Database, 'prisma'>): EmptyAccount {
  return async (userId, signal) => {
    const removal = await prisma.accountRemoval.findUnique({ where: { userId } });
    if (removal === null) return;
    const { mode } = removal;
    const removeEach = async <Row>(
      batches: AsyncIterable<Row[]>,
      remove: (transaction: Transaction, rows: Row[]) => Promise<void>,
    ) => {
      for await (const rows of batches) {
        signal.throwIfAborted();
        await prisma.$transaction((transaction) => remove(transaction, rows));
      }
    };
    await removeEach(readMessageIds(prisma, userId), (transaction, messages) =>
      removeMessages(transaction, userId, mode, messages),
    );
    await removeEach(readBlocksOfBoth(prisma, userId), removeBlocks);
    await removeEach(readSessionIds(prisma, userId), removeSessions);
    await removeEach(readActIds(prisma, userId), removeOrigins);
    await prisma.$transaction(async (transaction) => {
      const own = { where: { userId } };
      await transaction.idempotencyKey.deleteMany(own);
      await transaction.accountRemoval.deleteMany(own);
      if (mode === 'ERASE') await transaction.user.deleteMany({ where: { id: userId } });
    });
  };
}
