import { Prisma } from '../../generated/prisma/client.ts';
import type { Database } from '../../platform/database/database.ts';
import type { PageRequest } from '../../platform/paging.ts';
import { uuidFromBytes } from '../../platform/uuid.ts';

/** Which events are wanted; each part that is given must hold, and none leaves all. */
export interface AuditFilter {
  /** Exact names, at most 20. */
  actions?: readonly string[] | null | undefined;
  actorId?: string | null | undefined;
  targetId?: string | null | undefined;
  /** As it was written down. */
  ipAddress?: string | null | undefined;
  occurredAt?: { from?: Date | null | undefined; to?: Date | null | undefined } | null | undefined;
  /** Events that this user caused or was the target of. */
  about?: string | undefined;
}

/**
 * How far the clocks of the instances, from which ids come, may be from that of the database, from
 * which `occurredAt` comes, and how long a transaction may take: 10 minutes.
 */
const toleranceMs = 600_000;
const maxUuidMs = 2 ** 48 - 1;

/**
 * Finds the ids of one page, newest first, and of the event that tells whether there is another, in
 * the direction of reading. Each alternative (an action, the actor or target) is read off an index
 * of its own as far as a page goes.
 */
export async function findEventIds(
  prisma: Database['prisma'],
  filter: AuditFilter,
  { after, before, backwards, limit }: PageRequest,
): Promise<string[]> {
  const byAddress = filter.ipAddress != null;
  // The two are equal; named by the table that is searched, whose index the bounds then enter.
  const id = byAddress ? Prisma.sql`o.audit_event_id` : Prisma.sql`e.id`;
  const source = byAddress
    ? Prisma.sql`audit_origin o JOIN audit_event e ON e.id = o.audit_event_id`
    : Prisma.sql`audit_event e`;
  const order = backwards ? Prisma.sql`ASC` : Prisma.sql`DESC`;
  const shared = [
    ...conditionsOf(filter, id),
    ...(after ? [Prisma.sql`${id} < ${after.id}::uuid`] : []),
    ...(before ? [Prisma.sql`${id} > ${before.id}::uuid`] : []),
  ];
  const searches = alternativesOf(filter).map((alternative) => {
    const conditions = Prisma.join([alternative, ...shared], ' AND ');
    return Prisma.sql`(
      SELECT ${id} AS id FROM ${source} WHERE ${conditions}
      ORDER BY ${id} ${order} LIMIT ${limit + 1}::int)`;
  });
  const rows = await prisma.$queryRaw<{ id: string }[]>`
    SELECT found.id::text AS id FROM (${Prisma.join(searches, ' UNION ')}) found
    ORDER BY found.id ${order} LIMIT ${limit + 1}::int`;
  return rows.map((row) => row.id);
}

function alternativesOf({ actions, about }: AuditFilter): Prisma.Sql[] {
  if (about !== undefined) {
    return [Prisma.sql`e.actor_id = ${about}::uuid`, Prisma.sql`e.target_id = ${about}::uuid`];
  }
  return actions?.map((action) => Prisma.sql`e.action = ${action}`) ?? [Prisma.sql`TRUE`];
}

function conditionsOf(filter: AuditFilter, id: Prisma.Sql): Prisma.Sql[] {
  const { actorId, targetId, ipAddress, occurredAt } = filter;
  const { from, to } = occurredAt ?? {};
  return [
    ...(actorId != null ? [Prisma.sql`e.actor_id = ${actorId}::uuid`] : []),
    ...(targetId != null ? [Prisma.sql`e.target_id = ${targetId}::uuid`] : []),
    ...(ipAddress != null ? [Prisma.sql`o.ip_address = ${ipAddress}`] : []),
    ...(from
      ? [
          Prisma.sql`${id} >= ${earliestId(from)}::uuid`,
          holds(Prisma.sql`e.occurred_at >= ${from}`),
        ]
      : []),
    ...(to
      ? [Prisma.sql`${id} <= ${latestId(to)}::uuid`, holds(Prisma.sql`e.occurred_at <= ${to}`)]
      : []),
  ];
}

/**
 * Asks for a condition that nearly all rows meet by then. As it is, the planner would take it for
 * one more that few meet, and read the whole span to sort it rather than a page of it.
 */
const holds = (condition: Prisma.Sql) =>
  Prisma.sql`CASE WHEN ${condition} THEN TRUE ELSE FALSE END`;

const earliestId = (from: Date) => uuidAt(from.getTime() - toleranceMs, 0x00);
const latestId = (to: Date) => uuidAt(to.getTime() + toleranceMs, 0xff);

/** Makes the first or last id of a millisecond: a UUIDv7 begins with its time (RFC 9562 §5.7). */
function uuidAt(ms: number, rest: number): string {
  const bytes = Buffer.alloc(16, rest);
  bytes.writeUIntBE(Math.min(Math.max(ms, 0), maxUuidMs), 0, 6);
  return uuidFromBytes(bytes);
}
