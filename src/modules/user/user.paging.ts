import type { Prisma, User } from '../../generated/prisma/client.ts';
import type { CursorSeal } from '../../platform/cursor-seal.ts';
import {
  encodeCursor,
  isMoment,
  type PagedList,
  type PageRequest,
  type Position,
} from '../../platform/paging.ts';

/** What a list of users can be sorted by. */
export type UserSort = 'CREATED_AT' | 'UPDATED_AT' | 'LAST_SEEN_AT' | 'EMAIL' | 'DISPLAY_NAME';

/** The order of a list of users; ties go by id in the same direction. */
export interface UserOrder {
  by: UserSort;
  direction: 'ASC' | 'DESC';
}

const columns = {
  CREATED_AT: 'createdAt',
  UPDATED_AT: 'updatedAt',
  LAST_SEEN_AT: 'lastSeenAt',
  EMAIL: 'email',
  DISPLAY_NAME: 'displayName',
} as const satisfies Record<UserSort, keyof User>;

/** PostgreSQL has no text with a NUL in it. */
const isText = (value: string) => !value.includes('\0');

const isDate = (by: UserSort) => by !== 'EMAIL' && by !== 'DISPLAY_NAME';

/** Describes the list that an order makes. */
export const userList = ({ by, direction }: UserOrder): PagedList => ({
  name: `users/${by}/${direction}`,
  isSortValue: isDate(by) ? isMoment : isText,
});

/** Makes the cursor of a row in the list of that order. */
export function userCursor(seal: CursorSeal, order: UserOrder, user: User): string {
  const value = user[columns[order.by]];
  const text = value instanceof Date ? value.toISOString() : value;
  return encodeCursor(seal, userList(order).name, { value: text, id: user.id });
}

/**
 * Builds the condition for rows beyond a position. The bound on the sort column alone is redundant
 * on purpose: with it an index scan starts at the position instead of walking up to it.
 */
function beyond(by: UserSort, position: Position, side: 'lt' | 'gt'): Prisma.UserWhereInput {
  const column = columns[by];
  const value = isDate(by) ? new Date(position.value) : position.value;
  return {
    AND: [
      { [column]: { [`${side}e`]: value } },
      { OR: [{ [column]: { [side]: value } }, { id: { [side]: position.id } }] },
    ],
  };
}

/** Builds the query for one page and the row that tells whether there is another. */
export function pageQuery(order: UserOrder, page: PageRequest) {
  const ascending = order.direction === 'ASC';
  const direction = ascending === page.backwards ? 'desc' : 'asc';
  return {
    where: {
      AND: [
        ...(page.after ? [beyond(order.by, page.after, ascending ? 'gt' : 'lt')] : []),
        ...(page.before ? [beyond(order.by, page.before, ascending ? 'lt' : 'gt')] : []),
      ],
    },
    orderBy: [{ [columns[order.by]]: direction }, { id: direction }],
    take: page.limit + 1,
  } satisfies Prisma.UserFindManyArgs;
}
