import type { EventTopic } from '../../generated/prisma/client.ts';
import type { AuditAction } from '../../platform/audit-trail/audit-actions.ts';
import type { Database } from '../../platform/database/database.ts';
import { batchSize, idOf, inBatches, leastId } from './in-batches.ts';

type Prisma = Database['prisma'];

/** Reads the sessions of a user, ended ones too, with where and on what they began. */
export function readSessions(prisma: Prisma, userId: string) {
  const read = (after: string) =>
    prisma.session.findMany({
      where: { userId, id: { gt: after } },
      orderBy: { id: 'asc' },
      take: batchSize,
      select: {
        id: true,
        createdAt: true,
        lastUsedAt: true,
        expiresAt: true,
        idleExpiresAt: true,
        ipAddress: true,
        userAgent: true,
        deviceLabel: true,
        amr: true,
        authenticatedAt: true,
        revokedAt: true,
        revokeReason: true,
      },
    });
  return inBatches(leastId, read, idOf);
}

/**
 * Reads what mails were asked for. Of requests that anybody may have made by giving the address, not
 * from where: that may be about somebody else.
 */
export async function* readMailRequests(
  prisma: Prisma,
  { id, email, createdAt: madeAt }: Addressee,
) {
  const read = (after: string) =>
    prisma.mailedToken.findMany({
      where: {
        // Before that, the address was somebody else's.
        OR: [{ userId: id }, { userId: null, email, createdAt: { gte: madeAt } }],
        id: { gt: after },
      },
      orderBy: { id: 'asc' },
      take: batchSize,
    });
  for await (const rows of inBatches(leastId, read, idOf)) {
    yield rows.map(({ purpose, email, createdAt, expiresAt, consumedAt, ...row }) => ({
      purpose,
      email,
      requestedAt: createdAt,
      expiresAt,
      consumedAt,
      ...(row.userId !== null && { ipAddress: row.ipAddress, userAgent: row.userAgent }),
    }));
  }
}

interface Addressee {
  id: string;
  email: string;
  createdAt: Date;
}

/** Reads what the event log tells of a user under some topics. */
export function readEvents(prisma: Prisma, userId: string, topics: EventTopic[]) {
  const read = async (after: bigint) => {
    const rows = await prisma.loggedEvent.findMany({
      where: { userId, topic: { in: topics }, sequence: { gt: after } },
      orderBy: { sequence: 'asc' },
      take: batchSize,
      select: { sequence: true, id: true, type: true, data: true, occurredAt: true },
    });
    return rows;
  };
  return withoutSequence(inBatches(0n, read, ({ sequence }) => sequence));
}

async function* withoutSequence<Row extends { sequence: bigint }>(batches: AsyncIterable<Row[]>) {
  for await (const rows of batches) yield rows.map(({ sequence: _, ...row }) => row);
}

/** Acts of which whom they are about is not to learn. */
const untold: AuditAction[] = ['user.blocked', 'user.unblocked'];

interface Act {
  id: string;
  action: string;
  occurredAt: Date;
  actorId: string | null;
  metadata: object | null;
  ipAddress: string | null;
  userAgent: string | null;
}

/**
 * Reads the audit events of and about a user. From where is told of the user's own acts alone, and
 * of other people only that there was somebody; nothing of who has blocked the user.
 */
export async function* readActs(prisma: Prisma, userId: string) {
  const read = (after: string) => prisma.$queryRaw<Act[]>`
    SELECT e.id, e.action, e.occurred_at AS "occurredAt", e.actor_id AS "actorId", e.metadata,
      o.ip_address AS "ipAddress", o.user_agent AS "userAgent"
    FROM (
      (SELECT id FROM audit_event WHERE actor_id = ${userId}::uuid AND id > ${after}::uuid
        ORDER BY id LIMIT ${batchSize})
      UNION
      (SELECT id FROM audit_event WHERE target_id = ${userId}::uuid AND id > ${after}::uuid
        AND action <> ALL(${untold}) ORDER BY id LIMIT ${batchSize})
      UNION
      (SELECT a.id FROM session s JOIN audit_event a ON a.target_id = s.id
        WHERE s.user_id = ${userId}::uuid AND a.id > ${after}::uuid ORDER BY a.id LIMIT ${batchSize})
    ) own JOIN audit_event e ON e.id = own.id LEFT JOIN audit_origin o ON o.audit_event_id = e.id
    ORDER BY e.id LIMIT ${batchSize}`;
  for await (const rows of inBatches(leastId, read, idOf)) {
    yield rows.map(({ id, action, occurredAt, actorId, metadata, ipAddress, userAgent }) => ({
      id,
      action,
      occurredAt,
      actor: actorId === null ? null : actorId === userId ? 'you' : 'somebody else',
      metadata,
      ...(actorId === userId && { ipAddress, userAgent }),
    }));
  }
}
