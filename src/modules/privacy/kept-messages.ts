import type { Database } from '../../platform/database/database.ts';
import { isStanding } from '../user/account-removal.ts';
import { batchSize, idOf, inBatches, leastId } from './in-batches.ts';

type Prisma = Database['prisma'];

interface KeptMessage {
  id: string;
  senderId: string | null;
  recipientId: string | null;
  channel: string | null;
  body: string;
  sentAt: Date;
  readAt: Date | null;
}

/**
 * Reads what a user wrote and what came to them, each with the id of the other. Nothing tells which
 * of their messages somebody keeps out who has blocked them; those that they keep out are not theirs.
 */
export async function* readMessages(prisma: Prisma, userId: string) {
  const read = (after: string) => prisma.$queryRaw<KeptMessage[]>`
    SELECT m.id, m.sender_id AS "senderId", m.recipient_id AS "recipientId", m.channel, m.body,
      m.sent_at AS "sentAt", m.read_at AS "readAt"
    FROM (
      (SELECT id FROM message WHERE sender_id = ${userId}::uuid AND ${isStanding} AND id > ${after}::uuid
        ORDER BY id LIMIT ${batchSize})
      UNION ALL
      (SELECT id FROM message WHERE recipient_id = ${userId}::uuid AND withheld = FALSE
        AND ${isStanding} AND id > ${after}::uuid ORDER BY id LIMIT ${batchSize})
    ) own JOIN message m ON m.id = own.id ORDER BY m.id LIMIT ${batchSize}`;
  for await (const rows of inBatches(leastId, read, idOf)) {
    yield rows.map(({ senderId, recipientId, ...message }) => ({
      ...message,
      from: senderId === userId ? 'you' : senderId,
      to: recipientId === userId ? 'you' : recipientId,
    }));
  }
}

/** Reads whom a user has blocked. */
export async function* readBlocks(prisma: Prisma, userId: string) {
  const read = (after: string) =>
    prisma.userBlock.findMany({
      where: { blockerId: userId, blockedId: { gt: after }, blocked: { deletedAt: null } },
      orderBy: { blockedId: 'asc' },
      take: batchSize,
      select: { blockedId: true, createdAt: true },
    });
  const batches = inBatches(leastId, read, ({ blockedId }) => blockedId);
  for await (const rows of batches) {
    yield rows.map(({ blockedId, createdAt }) => ({ userId: blockedId, blockedAt: createdAt }));
  }
}
