import type { Prisma, User } from '../../generated/prisma/client.ts';
import {
  encodeCursor,
  type PagedList,
  type PageRequest,
  type Position,
} from '../../platform/paging.ts';

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

/** Dates that JavaScript and PostgreSQL both know, as `toISOString` writes them. */
const moment = /^[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const isMoment = (value: string) => moment.test(value) && !Number.isNaN(Date.parse(value));
/** PostgreSQL has no text with a NUL in it. */
const isText = (value: string) => !value.includes('\0');

const isDate = (by: UserSort) => by === 'CREATED_AT' || by === 'UPDATED_AT';

/** Describes the list that an order makes. */
export const userList = ({ by, direction }: UserOrder): PagedList => ({
  name: `users/${by}/${direction}`,
  isSortValue: isDate(by) ? isMoment : isText,
});

/** Makes the cursor of a row in the list of that order. */
export function userCursor(order: UserOrder, user: User): string {
  const value = user[columns[order.by]];
  const text = value instanceof Date ? value.toISOString() : value;
  return encodeCursor(userList(order).name, { value: text, id: user.id });
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
