import {
  type EventTopic,
  type LoggedEvent,
  Prisma,
  type PrismaClient,
} from '../../generated/prisma/client.ts';
import type { EventFilter } from './filter.ts';

/** A part of the log: the rows after one number, up to and including another. */
export interface LogPart {
  after: bigint;
  upTo: bigint;
}

/**
 * Finds the first rows of a part of the log that a filter lets through, in the order of the log.
 * Each alternative (a user, a topic, a channel) is read off an index of its own as far as a page
 * goes, or a reader whom little concerns would walk past what concerns others.
 */
export async function findMatching(
  prisma: PrismaClient,
  { after, upTo }: LogPart,
  filter: EventFilter,
  limit: number,
): Promise<LoggedEvent[]> {
  const searches = alternativesOf(filter).map(
    (alternative) => Prisma.sql`(
      SELECT sequence FROM logged_event
      WHERE ${alternative} AND sequence > ${after}::bigint AND sequence <= ${upTo}::bigint
      ORDER BY sequence LIMIT ${limit}::int)`,
  );
  if (searches.length === 0) return [];
  return prisma.$queryRaw<LoggedEvent[]>`
    SELECT sequence, id, topic::text AS topic, type, user_id AS "userId", audience, data,
      occurred_at AS "occurredAt"
    FROM logged_event
    WHERE sequence IN (
      SELECT found.sequence FROM (${Prisma.join(searches, ' UNION ')}) found
      ORDER BY found.sequence LIMIT ${limit}::int)
    ORDER BY sequence`;
}

/** Writes the conditions any of which a row must meet; the same as `matches` asks. */
function alternativesOf({ userId, wholeTopics, audiences, topics }: EventFilter): Prisma.Sql[] {
  const whose = [
    ...(userId === null ? [] : [Prisma.sql`user_id = ${userId}::uuid`]),
    ...audiences.map((audience) => Prisma.sql`audience = ${audience}`),
  ];
  // Those of several topics are in no order that an index has.
  const narrowed = topics?.flatMap((topic) =>
    whose.map((condition) => Prisma.sql`${condition} AND ${isOf(topic)}`),
  );
  const whole = wholeTopics.filter((topic) => topics?.includes(topic) ?? true).map(isOf);
  return [...(narrowed ?? whose), ...whole];
}

const isOf = (topic: EventTopic) => Prisma.sql`topic = ${topic}::event_topic`;
