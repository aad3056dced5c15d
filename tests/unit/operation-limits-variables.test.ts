import { describe, expect, it } from 'vitest';
import { guardVariables } from '../../src/graphql/operation-limits.ts';
import { defaultLimits, refusalOf } from '../support/limit-refusals.ts';

describe('variables', () => {
  const wrapped = (count: number, wrap: (inner: unknown) => unknown, inside: unknown) => {
    let value = inside;
    for (let at = 0; at < count; at += 1) value = wrap(value);
    return value;
  };
  const longList = Array.from({ length: 201 }, () => 1);

  it.each<[string, unknown]>([
    ['by itself', { ids: longList }],
    ['in an object', { input: { a: { b: longList } } }],
    ['in lists', { a: [[[longList]]] }],
    ['after short ones', { a: [1], b: [2], c: longList, d: [3] }],
    ['below a hundred thousand lists', { a: wrapped(100_000, (inner) => [inner], longList) }],
    ['below a hundred thousand objects', wrapped(100_000, (a) => ({ a }), longList)],
  ])('are refused for a long list %s', (_name, variables) => {
    expect(refusalOf(() => guardVariables(variables, defaultLimits))?.extensions).toEqual({
      code: 'LIST_SIZE_LIMIT_EXCEEDED',
      limit: 200,
      http: { status: 400 },
    });
  });

  it.each<[string, unknown]>([
    ['none', undefined],
    ['null', null],
    ['a text', 'a'.repeat(1000)],
    ['a list that is just short enough', { ids: longList.slice(1) }],
    ['a hundred thousand lists', wrapped(100_000, (inner) => [inner], [])],
    [
      'two hundred thousand fields',
      Object.fromEntries(Array.from({ length: 200_000 }, (_, at) => [`a${at}`, 1])),
    ],
    ['JSON that names a prototype', JSON.parse('{"__proto__": {"length": 999}}')],
  ])('pass: %s', (_name, variables) => {
    expect(refusalOf(() => guardVariables(variables, defaultLimits))).toBeNull();
  });
});
