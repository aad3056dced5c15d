import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCursorSeal } from '../../src/platform/cursor-seal.ts';
import { ValidationError } from '../../src/platform/errors.ts';
import { createKeyring } from '../../src/platform/keyring.ts';
import {
  encodeCursor,
  type PageArguments,
  type PagedList,
  type PageRequest,
  readPageRequest,
  toPage,
} from '../../src/platform/paging.ts';

const sealOf = (secret: string) => createCursorSeal(createKeyring(secret, null));
const seal = sealOf('secret');
const list: PagedList = { name: 'users/EMAIL/ASC', isSortValue: (value) => value !== 'made up' };
const position = { value: 'ada@example.com', id: '019aa1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b' };
const cursor = encodeCursor(seal, list.name, position);

/** Answers which argument a page is refused for. */
function refusedFor(page: PageArguments): string[] | undefined {
  try {
    readPageRequest(seal, list, page);
  } catch (error) {
    if (error instanceof ValidationError) return error.issues[0]?.path;
    throw error;
  }
  return undefined;
}

describe('the arguments of a page', () => {
  it.each<[PageArguments, Partial<PageRequest>]>([
    [{}, { limit: 20, backwards: false, after: null, before: null }],
    [
      { first: null, last: null, after: null, before: null },
      { limit: 20, backwards: false },
    ],
    [{ first: 1 }, { limit: 1, backwards: false }],
    [{ first: 100 }, { limit: 100, backwards: false }],
    [{ last: 5 }, { limit: 5, backwards: true }],
    [
      { first: 5, after: cursor },
      { limit: 5, after: position, before: null },
    ],
    [
      { last: 5, before: cursor },
      { limit: 5, backwards: true, before: position },
    ],
    [
      { after: cursor, before: cursor },
      { after: position, before: position },
    ],
  ])('are read: %j', (page, expected) => {
    expect(readPageRequest(seal, list, page)).toMatchObject(expected);
  });

  it.each<[PageArguments, string]>([
    [{ first: 0 }, 'first'],
    [{ first: -1 }, 'first'],
    [{ first: 101 }, 'first'],
    [{ first: 2_147_483_647 }, 'first'],
    [{ last: 0 }, 'last'],
    [{ last: -1 }, 'last'],
    [{ last: 101 }, 'last'],
    [{ first: 1, last: 1 }, 'last'],
    [{ first: 0, last: 0 }, 'last'],
  ])('are refused: %j', (page, argument) => {
    expect(refusedFor(page)).toEqual([argument]);
  });
});

describe('a cursor', () => {
  it('comes back unchanged, whatever the value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.uuid(), (value, id) => {
        const after = encodeCursor(seal, list.name, { value, id });
        expect(readPageRequest(seal, list, { after }).after).toEqual({ value, id });
        expect(after).toMatch(/^[\w-]+$/);
      }),
    );
  });

  it('is never taken from any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json()), (after) => {
        expect(refusedFor({ after })).toEqual(['after']);
      }),
    );
  });

  const { name } = list;
  const sealed = Buffer.from(cursor, 'base64url');
  const changed = (at: number) => {
    const bytes = Buffer.from(sealed);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes.toString('base64url');
  };

  it.each([
    ['nothing', ''],
    ['no base64', '%%%'],
    ['nothing but a nonce', sealed.subarray(0, 12).toString('base64url')],
    ['nothing sealed', sealed.subarray(0, 28).toString('base64url')],
    ['less than it was', sealed.subarray(0, -1).toString('base64url')],
    ['a beginning less', sealed.subarray(1).toString('base64url')],
    ['another nonce', changed(0)],
    ['another content', changed(12)],
    ['another tag', changed(sealed.length - 1)],
    ['another spelling', `${cursor}=`],
    ['a space at its end', `${cursor} `],
    ['what it holds, unsealed', Buffer.from(JSON.stringify(position)).toString('base64url')],
    ['another list', encodeCursor(seal, 'users/EMAIL/DESC', position)],
    ['a list whose name begins the same', encodeCursor(seal, `${name}/x`, position)],
    ['a value that no row can have', encodeCursor(seal, name, { ...position, value: 'made up' })],
    ['the seal of another server', encodeCursor(sealOf('another'), name, position)],
    ['a very long text', 'A'.repeat(100_000)],
  ])('is refused when it is or has %s', (_description, hostile) => {
    expect(refusedFor({ after: hostile })).toEqual(['after']);
    expect(refusedFor({ before: hostile })).toEqual(['before']);
  });
});

describe('the seal of cursors', () => {
  it('lets nothing of the content be read, nor how long a short one is', () => {
    const other = encodeCursor(seal, list.name, { ...position, value: 'a@b.co' });
    expect(other).toHaveLength(cursor.length);
    for (const text of [cursor, Buffer.from(cursor, 'base64url').toString('latin1')]) {
      expect(text).not.toMatch(/ada|example|019aa1b2/);
    }
  });

  it('is the same on every instance, so that a row has one cursor in a list', () => {
    expect(encodeCursor(sealOf('secret'), list.name, position)).toBe(cursor);
    expect(encodeCursor(seal, 'users/EMAIL/DESC', position)).not.toBe(cursor);
    const twin = { ...position, id: position.id.replace('0', '1') };
    expect(encodeCursor(seal, list.name, twin).slice(0, 16)).not.toBe(cursor.slice(0, 16));
  });

  it('opens what was sealed under the previous SECRET_KEY, and seals under the new', () => {
    const renewed = createCursorSeal(createKeyring('new', 'secret'));
    expect(readPageRequest(renewed, list, { after: cursor }).after).toEqual(position);
    const after = encodeCursor(renewed, list.name, position);
    expect(after).not.toBe(cursor);
    expect(() => readPageRequest(seal, list, { after })).toThrow(ValidationError);
  });
});

describe('a page', () => {
  const cursorOf = (row: number) => `c${row}`;
  const request = (page: Partial<PageRequest>): PageRequest => ({
    limit: 2,
    backwards: false,
    after: null,
    before: null,
    ...page,
  });

  it('is cut where there is more, and says so', () => {
    expect(toPage([1, 2, 3], request({}), cursorOf)).toEqual({
      edges: [
        { cursor: 'c1', node: 1 },
        { cursor: 'c2', node: 2 },
      ],
      pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: 'c1', endCursor: 'c2' },
    });
  });

  it('read from the back is in the order of the list', () => {
    expect(toPage([9, 8, 7], request({ backwards: true }), cursorOf)).toEqual({
      edges: [
        { cursor: 'c8', node: 8 },
        { cursor: 'c9', node: 9 },
      ],
      pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: 'c8', endCursor: 'c9' },
    });
  });

  it('knows of what it was read after or before', () => {
    const after = toPage([1], request({ after: position }), cursorOf);
    expect(after.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const before = toPage([1], request({ backwards: true, before: position }), cursorOf);
    expect(before.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  });

  it('may be empty', () => {
    expect(toPage([], request({}), cursorOf)).toEqual({
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  it('never holds more than asked for, and drops nothing between the ends', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 100 }), (rows, limit) => {
        const page = toPage(rows.slice(0, limit + 1), request({ limit }), cursorOf);
        expect(page.edges.map(({ node }) => node)).toEqual(rows.slice(0, limit));
        expect(page.pageInfo.hasNextPage).toBe(rows.length > limit);
      }),
    );
  });
});
