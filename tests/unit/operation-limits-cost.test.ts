import { buildSchema, getOperationAST, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { costOf } from '../../src/graphql/operation-cost.ts';
import { guardCost } from '../../src/graphql/operation-limits.ts';
import { schema } from '../../src/graphql/schema.ts';
import { fragmentChain } from '../support/hostile-documents.ts';
import {
  countReads,
  defaultLimits,
  everythingIntrospected,
  readDocument,
  refusalOf,
} from '../support/limit-refusals.ts';

const operationOf = (text: string, variables?: Record<string, unknown>, name?: string) => {
  const document = readDocument(text, defaultLimits);
  expect(validate(schema, document)).toEqual([]);
  const operation = getOperationAST(document, name);
  if (!operation) throw new Error('There is no such operation.');
  return { schema, document, operation, variables };
};

const wholeUser =
  'fragment U on User { id displayName username version email emailVerifiedAt locale timezone status createdAt updatedAt permissions roles { id key description permissions builtIn } }';

const signIns = (count: number) =>
  `mutation { ${Array.from({ length: count }, (_, at) => `a${at}: signIn(input: { email: "a@example.com", password: "x" }) { __typename }`).join(' ')} }`;

/** Makes an operation of three fields, the first of which declares a complexity. */
const declaring = (complexity: unknown) => {
  const ownSchema = buildSchema('type Query { a: A } type A { b: Int c: Int }');
  Object.assign(ownSchema.getQueryType()?.getFields().a ?? {}, { extensions: { complexity } });
  const document = parse('{ a { b c } }');
  const operation = getOperationAST(document);
  if (!operation) throw new Error('There is no operation.');
  return { schema: ownSchema, document, operation, variables: {} };
};

describe('the cost of an operation', () => {
  it.each<[number, string, Record<string, unknown>?]>([
    [1, '{ __typename }'],
    [2, '{ me { id } }'],
    [3, '{ a: me { id } __typename }'],
    [6, '{ me { roles { id } } }'],
    [21, '{ users { totalCount } }'],
    [1 + 20 * 2, '{ users { nodes { id } } }'],
    [1 + 20 * 3, '{ users { edges { node { id } } } }'],
    [1 + 37 * 2, '{ users(first: 37) { nodes { id } } }'],
    [1 + 37 * 2, '{ users(last: 37) { nodes { id } } }'],
    [1 + 37 * 2, 'query ($n: Int) { users(first: $n) { nodes { id } } }', { n: 37 }],
    [1 + 20 * 2, 'query ($n: Int) { users(first: $n) { nodes { id } } }'],
    [1 + 20 * 2, 'query ($n: Int) { users(first: $n) { nodes { id } } }', { n: null }],
    [1 + 5 * 2, 'query ($n: Int = 5) { users(first: $n) { nodes { id } } }'],
    [1 + 20 * 6, '{ users { nodes { roles { id } } } }'],
    [3, '{ nodes(ids: ["a", "b"]) { id } }'],
    [2, '{ nodes(ids: []) { id } }'],
    [2, '{ nodes(ids: "a") { id } }'],
    [4, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: ['a', 'b', 'c'] }],
    [5, '{ ...a ...a __typename } fragment a on Query { me { id } }'],
    [5, '{ ... { me { id } } ... on Query { me { id } } __typename }'],
    [2, '{ me { id @skip(if: true) } }'],
    [1000 + 1, signIns(1)],
  ])('is %d for %s', (cost, text, variables) => {
    expect(costOf(operationOf(text, variables))).toBe(cost);
  });

  it('is that of the operation which was chosen', () => {
    const text = 'query a { users(first: 100) { nodes { id } } } query b { me { id } }';
    expect(costOf(operationOf(text, {}, 'b'))).toBe(2);
  });

  it.each([
    [1, '{ users(first: 0) { nodes { id } } }'],
    [1, '{ users(first: -100) { nodes { id } } }'],
    [1, '{ users(last: -2147483648) { nodes { id } } }'],
    [100, '{ users(first: 2147483647) { nodes { id } } }'],
    [1, '{ users(first: 1, last: 100) { nodes { id } } }'],
  ])('multiplies by %d for a page that will be refused: %s', (size, text) => {
    expect(costOf(operationOf(text))).toBe(1 + size * 2);
  });

  it.each<[string, Record<string, unknown> | undefined]>([
    ['query ($n: Int!) { users(first: $n) { nodes { id } } }', undefined],
    ['query ($n: Int!) { users(first: $n) { nodes { id } } }', { n: 'many' }],
    ['query ($n: Int) { users(first: $n) { nodes { id } } }', { n: 2 ** 31 }],
    ['query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: [null] }],
    ['query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: { length: -1 } }],
  ])('is left open with variables that do not fit: %s %j', (text, variables) => {
    const operation = operationOf(text, variables);
    expect(costOf(operation)).toBeNull();
    expect(refusalOf(() => guardCost(operation, defaultLimits))).toBeNull();
  });

  it.each([
    ['query ($id: ID = "a") { node(id: $id) { id } users(first: 100) { nodes { id } } }'],
    ['query ($id: [ID!] = []) { nodes(ids: $id) { id } users(first: 100) { nodes { id } } }'],
  ])('counts every other field beside one whose arguments do not fit: %s', (text) => {
    expect(costOf(operationOf(text, { id: null }))).toBe(2 + 201);
  });

  it('reads each fragment once', () => {
    const operation = operationOf(fragmentChain(13, 2));
    const reads = countReads(operation.document);
    expect(costOf(operation)).toBe(2 ** 13);
    expect(reads()).toBe(operation.document.definitions.length);
  });

  it.each([0, -1, { multiplier: 0 }, { field: -5, multiplier: -5 }])(
    'is at least 1 for each field, even where one declares %j',
    (complexity) => {
      expect(costOf(declaring(complexity))).toBe(3);
    },
  );
});

describe('the limit of the cost', () => {
  it.each([
    [
      'all of a hundred users',
      `{ users(first: 100) { edges { cursor node { ...U } } pageInfo { hasNextPage endCursor } totalCount } } ${wholeUser}`,
    ],
    [
      'them twice, as edges and nodes',
      `{ users(first: 100) { edges { cursor node { ...U } } nodes { ...U } } } ${wholeUser}`,
    ],
    ['nine sign-ins', signIns(9)],
    ['the whole schema', everythingIntrospected],
  ])('lets pass %s', (_name, text) => {
    expect(refusalOf(() => guardCost(operationOf(text), defaultLimits))).toBeNull();
  });

  it.each([
    [
      'all of a hundred users three times',
      `{ a: users(first: 100) { nodes { ...U } } b: users(first: 100) { nodes { ...U } } c: users(first: 100) { nodes { ...U } } } ${wholeUser}`,
    ],
    ['ten sign-ins', signIns(10)],
    [
      'the fields of all types thirty times',
      `{ __schema { types { fields { type { ${Array.from({ length: 30 }, (_, at) => `a${at}: fields { name description type { name kind } }`).join(' ')} } } } } }`,
    ],
  ])('refuses %s', (_name, text) => {
    expect(refusalOf(() => guardCost(operationOf(text), defaultLimits))).toEqual({
      message: 'The operation asks for too much at once.',
      extensions: { code: 'COST_LIMIT_EXCEEDED', limit: 10_000, http: { status: 400 } },
    });
  });

  it('refuses what nobody can calculate', () => {
    const operation = declaring({ multiplier: Number.NaN });
    expect(refusalOf(() => guardCost(operation, defaultLimits))?.extensions.code).toBe(
      'COST_LIMIT_EXCEEDED',
    );
  });
});
