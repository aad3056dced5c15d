import { describe, expect, it } from 'vitest';
import { differenceOf } from '../../bench/compare/answers.ts';
import { decodeIds } from '../../bench/compare/global-ids.ts';

describe('the comparison of an answer with what is expected', () => {
  it('finds nothing in equal answers, whatever the order of their fields', () => {
    const expected = { users: [{ id: 'a', name: null }], hasNextPage: true };
    expect(
      differenceOf(expected, { hasNextPage: true, users: [{ name: null, id: 'a' }] }),
    ).toBeNull();
  });

  it.each([
    ['another value', { id: 'b' }, 'the answer → id is "b", not "a"'],
    ['a missing field', {}, 'the answer → id is missing'],
    ['a field that nobody asked for', { id: 'a', hash: 'x' }, 'the answer → hash is not expected'],
    ['a list', ['a'], 'the answer is a list'],
    ['nothing', null, 'the answer is null, not {"id":"a"}'],
    ['an undefined value', { id: undefined }, 'the answer → id is undefined, not "a"'],
  ])('tells of %s', (_title, actual, told) => {
    expect(differenceOf({ id: 'a' }, actual)).toBe(told);
  });

  it.each([
    ['shorter', [1], 'the answer → 1 is missing'],
    ['longer', [1, 2, 3], 'the answer → 2 is not expected'],
    ['in another order', [2, 1], 'the answer → 0 is 2, not 1'],
  ])('tells of a list that is %s', (_title, actual, told) => {
    expect(differenceOf([1, 2], actual)).toBe(told);
  });

  it('shortens long values', () => {
    expect(differenceOf('a', 'b'.repeat(500))?.length).toBeLessThan(130);
  });
});

describe('a global id', () => {
  it('becomes the UUID in it', () => {
    const id = Buffer.from('User:0198c2d4-0000-7000-8000-000000000000').toString('base64');
    expect(decodeIds({ id, displayName: 'Ada' })).toEqual({
      id: '0198c2d4-0000-7000-8000-000000000000',
      displayName: 'Ada',
    });
  });
});
