import type { Prisma, Session } from '../../generated/prisma/client.ts';
import type { CursorSeal } from '../../platform/cursor-seal.ts';
import {
  encodeCursor,
  isMoment,
  type PagedList,
  type PageRequest,
  type Position,
} from '../../platform/paging.ts';

/** The list of a user's sessions, newest first; ties go by id. */
export const sessionList: PagedList = { name: 'sessions/CREATED_AT/DESC', isSortValue: isMoment };

/** The order of that list. */
export const newestFirst = [
  { createdAt: 'desc' },
  { id: 'desc' },
] satisfies Prisma.SessionOrderByWithRelationInput[];

/** Makes the cursor of a session in that list. */
export function sessionCursor(seal: CursorSeal, { createdAt, id }: Session): string {
  return encodeCursor(seal, sessionList.name, { value: createdAt.toISOString(), id });
}

/** Builds the condition for rows beyond a position; by its first part an index scan starts there. */
function beyond({ value, id }: Position, side: 'lt' | 'gt'): Prisma.SessionWhereInput {
  const createdAt = new Date(value);
  return {
    AND: [
      { createdAt: { [`${side}e`]: createdAt } },
      { OR: [{ createdAt: { [side]: createdAt } }, { id: { [side]: id } }] },
    ],
  };
}

/** Builds the query for one page and the row that tells whether there is another. */
export function sessionPageQuery({ after, before, backwards, limit }: PageRequest) {
  return {
    where: {
      AND: [...(after ? [beyond(after, 'lt')] : []), ...(before ? [beyond(before, 'gt')] : [])],
    },
    orderBy: backwards ? [{ createdAt: 'asc' }, { id: 'asc' }] : newestFirst,
    take: limit + 1,
  } satisfies Prisma.SessionFindManyArgs;
}
