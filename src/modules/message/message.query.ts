import { Prisma } from '../../generated/prisma/client.ts';
import type { Database } from '../../platform/database/database.ts';
import type { PageRequest } from '../../platform/paging.ts';
import { isStanding } from '../user/account-removal.ts';
import { conversationOf, withheldConversationOf } from './conversations.ts';

/** Which messages a viewer reads: of a channel, with somebody, or all that came to or from them. */
export type Reading =
  | { channel: string }
  | { viewerId: string; withId: string }
  | { viewerId: string };

/**
 * Finds the ids of one page, newest first, and of the message that tells whether there is another, in
 * the direction of reading. Each part (what was sent, what came) is read off an index of its own as
 * far as a page goes; no message is in two of them.
 */
export async function findMessageIds(
  prisma: Database['prisma'],
  reading: Reading,
  { after, before, backwards, limit }: PageRequest,
): Promise<string[]> {
  const order = backwards ? Prisma.sql`ASC` : Prisma.sql`DESC`;
  const bounds = [
    ...(after ? [Prisma.sql`id < ${after.id}::uuid`] : []),
    ...(before ? [Prisma.sql`id > ${before.id}::uuid`] : []),
  ];
  const searches = partsOf(reading).map((part) => {
    const conditions = Prisma.join([part, ...bounds, isStanding], ' AND ');
    return Prisma.sql`(
      SELECT id FROM message WHERE ${conditions} ORDER BY id ${order} LIMIT ${limit + 1}::int)`;
  });
  const rows = await prisma.$queryRaw<{ id: string }[]>`
    SELECT found.id::text AS id FROM (${Prisma.join(searches, ' UNION ALL ')}) found
    ORDER BY found.id ${order} LIMIT ${limit + 1}::int`;
  return rows.map(({ id }) => id);
}

function partsOf(reading: Reading): Prisma.Sql[] {
  if ('channel' in reading) return [Prisma.sql`conversation = ${reading.channel}`];
  const { viewerId } = reading;
  if ('withId' in reading) {
    const { withId } = reading;
    return [conversationOf(viewerId, withId), withheldConversationOf(viewerId, withId)].map(
      (conversation) => Prisma.sql`conversation = ${conversation}`,
    );
  }
  return [
    Prisma.sql`sender_id = ${viewerId}::uuid AND recipient_id IS NOT NULL`,
    Prisma.sql`recipient_id = ${viewerId}::uuid AND withheld = FALSE`,
  ];
}
