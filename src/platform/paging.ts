import { z } from 'zod';
import type { CursorSeal } from './cursor-seal.ts';
import { ValidationError } from './errors.ts';

/** Arguments of a connection as the Relay specification names them. */
export interface PageArguments {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

/** Where a row stands in a list: its sort value and, among equals, its id. */
export interface Position {
  value: string;
  id: string;
}

/** A checked request for one page. */
export interface PageRequest {
  limit: number;
  backwards: boolean;
  after: Position | null;
  before: Position | null;
}

/** One page in the list's own order; a cursor is made once it is asked for, since sealing takes a while. */
export interface Page<Row> {
  edges: { readonly cursor: string; node: Row }[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** Rows of a page when its arguments name no number. */
export const defaultPageSize = 20;

/** Most rows of a page. */
export const maxPageSize = 100;

const cursorContent = z.tuple([z.string(), z.guid()]);

const refuse = (argument: string, message: string): never => {
  throw new ValidationError([{ path: [argument], code: 'invalid', message }]);
};

/** Writes a position as a sealed cursor that holds only for the list of that name. */
export function encodeCursor(seal: CursorSeal, list: string, { value, id }: Position): string {
  return seal.seal(list, JSON.stringify([value, id]));
}

/** A list as its cursors know it. */
export interface PagedList {
  /** Names the list and its order; a cursor of one is refused by every other. */
  name: string;
  /** Tells whether a text can be the sort value of a row, or the cursor was made up. */
  isSortValue(value: string): boolean;
}

const moment = /^[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Accepts dates that JavaScript and PostgreSQL both know, as `toISOString` writes them. */
export function isMoment(value: string): boolean {
  return moment.test(value) && !Number.isNaN(Date.parse(value));
}

function decodeCursor(
  seal: CursorSeal,
  list: PagedList,
  argument: string,
  cursor: string,
): Position {
  const content = seal.open(list.name, cursor);
  if (content !== null) {
    const [value, id] = cursorContent.parse(JSON.parse(content));
    if (list.isSortValue(value)) return { value, id };
  }
  return refuse(argument, 'Must be a cursor of this list in this order.');
}

/**
 * Checks the arguments of a page: `first` or `last` but not both, 1 to 100, 20 when neither is
 * given; cursors only of that list. Throws ValidationError.
 */
export function readPageRequest(
  seal: CursorSeal,
  list: PagedList,
  page: PageArguments,
): PageRequest {
  const { first, last, after, before } = page;
  if (first != null && last != null) refuse('last', 'Must not be given together with `first`.');
  const limit = first ?? last ?? defaultPageSize;
  if (limit < 1 || limit > maxPageSize) {
    refuse(first == null ? 'last' : 'first', 'Must be from 1 to 100.');
  }
  return {
    limit,
    backwards: last != null,
    after: after == null ? null : decodeCursor(seal, list, 'after', after),
    before: before == null ? null : decodeCursor(seal, list, 'before', before),
  };
}

/** Cuts rows that were read one beyond the limit, in reading direction, into a page. */
export function toPage<Row>(
  rows: Row[],
  { limit, backwards, after, before }: PageRequest,
  cursorOf: (row: Row) => string,
): Page<Row> {
  const kept = rows.slice(0, limit);
  if (backwards) kept.reverse();
  const edges = kept.map((node) => ({
    node,
    get cursor() {
      return cursorOf(node);
    },
  }));
  const more = rows.length > limit;
  return {
    edges,
    pageInfo: {
      hasNextPage: backwards ? before !== null : more,
      hasPreviousPage: backwards ? more : after !== null,
      get startCursor() {
        return edges[0]?.cursor ?? null;
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null;
      },
    },
  };
}

/** Refuses a list argument of more than 100 items with a ValidationError; answers it otherwise. */
export function refuseMany<Item>(argument: string, items: Item[]): Item[] {
  return items.length > maxPageSize ? refuse(argument, 'Must have at most 100 items.') : items;
}
