import type { Prisma, User } from '../../generated/prisma/client.ts';
import { ValidationError } from '../../platform/errors.ts';
import { encodeCursor, type PageRequest, type Position } from '../../platform/paging.ts';

/** What a list of users can be sorted by. */
export type UserSort = 'CREATED_AT' | 'UPDATED_AT' | 'EMAIL' | 'DISPLAY_NAME';

/** The order of a list of users; ties go by id in the same direction. */
export interface UserOrder {
  by: UserSort;
  direction: 'ASC' | 'DESC';
}

const columns = {
  CREATED_AT: 'createdAt',
  UPDATED_AT: 'updatedAt',
  EMAIL: 'email',
  DISPLAY_NAME: 'displayName',
} as const satisfies Record<UserSort, keyof User>;

/** Names the list that an order makes; a cursor of one list is refused by every other. */
export const listName = ({ by, direction }: UserOrder) => `users/${by}/${direction}`;

/** Makes the cursor of a row in the list of that order. */
export function userCursor(order: UserOrder, user: User): string {
  const value = user[columns[order.by]];
  const text = value instanceof Date ? value.toISOString() : value;
  return encodeCursor(listName(order), { value: text, id: user.id });
}

function readSortValue(by: UserSort, value: string): string | Date {
  if (by === 'EMAIL' || by === 'DISPLAY_NAME') return value;
  const moment = new Date(value);
  if (Number.isNaN(moment.getTime())) {
    throw new ValidationError([
      { path: ['after'], code: 'invalid', message: 'Must be a cursor of this list.' },
    ]);
  }
  return moment;
}

/**
 * Builds the condition for rows beyond a position. The bound on the sort column alone is redundant
 * on purpose: with it an index scan starts at the position instead of walking up to it.
 */
function beyond(by: UserSort, position: Position, side: 'lt' | 'gt'): Prisma.UserWhereInput {
  const column = columns[by];
  const value = readSortValue(by, position.value);
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
