import { describe, expect, it } from 'vitest';
import { askOn, by, codesBy, useAttackedApp } from '../support/attacked-app.ts';
import {
  deepestDocuments,
  fragmentChain,
  fragmentCycle,
  hostileDocuments,
} from '../support/hostile-documents.ts';
import type { Question } from '../support/transport.ts';
import { transports } from '../support/transports.ts';

const app = useAttackedApp();

/** Leaves out transports on which a question is too long before anybody reads it. */
const carriersOf = (question: Question) => transports.filter(({ carries }) => carries(question));

/** Asks for an operation in another way: what is written as a query becomes a subscription. */
const asSubscription = (document: string) => document.replace(/^(?:query|(?=\{))/, 'subscription ');

describe('a document', () => {
  it.each(hostileDocuments)(
    'is refused for its %s on every transport',
    async (_name, query, code, limit) => {
      for (const document of [query, asSubscription(query)]) {
        // Without a name, a document of several operations is refused for that.
        const question = {
          query: document,
          ...(document.includes('query b') && { operationName: 'a' }),
        };
        const answers = await askOn(carriersOf(question), app, question);
        expect(
          by(answers, ({ data, errors }) => ({ data, said: errors.map((e) => e.extensions) })),
        ).toEqual(by(answers, () => ({ data: undefined, said: [{ code, limit }] })));
      }
    },
  );

  it.each([
    ['20,000 aliases', `{ ${Array.from({ length: 20_000 }, () => 'a:a').join(' ')} }`],
    ['10,000 lists', `{ a(b: ${'['.repeat(10_000)}${']'.repeat(10_000)}) }`],
    ['10,000 objects', `{ a(b: ${'{a:'.repeat(10_000)}1${'}'.repeat(10_000)}) }`],
    ['10,000 selections', `{a`.repeat(10_000) + '}'.repeat(10_000)],
    ['10,000 directives', `{ id ${'@a'.repeat(10_000)} }`],
    ['10,000 arguments', `{ a(${'b:1,'.repeat(7_000)}) }`],
    ['10,000 commas', `{ id ${','.repeat(10_000)} }`],
    ['10,000 brackets', '['.repeat(10_000)],
    ['10,000 spreads', `{ ${'...a '.repeat(5_000)} } fragment a on Query { id }`],
    ['a bomb of fragments', fragmentChain(150, 10)],
    ['a cycle of fragments', fragmentCycle(150)],
    ['a fragment inside itself', '{ ...a } fragment a on Query { ...a }'],
    [
      'a fragment named like a prototype',
      '{ ...__proto__ } fragment constructor on Query { ...a }',
    ],
    ['a null byte', '{ __typename \u0000 }'],
    ['half a character', '{ __typename \ud800 }'],
    ['half a character, escaped', String.raw`{ node(id: "\ud800") { id } }`],
    ['a character beyond all', String.raw`{ node(id: "\u{110000}") { id } }`],
    ['a name of another script', '{ __typenаme }'],
    ['the mark of another direction', '{ \u202E__typename }'],
    ['a number of 9,000 digits', `{ users(first: ${'9'.repeat(9_000)}) { totalCount } }`],
    ['a number with a large exponent', '{ users(first: 1e999999999) { totalCount } }'],
    ['definitions of types', 'type Query { a: Int } extend schema { query: Query }'],
    ['nothing', ' '],
  ])('is refused with %s on every transport, and repeats nothing', async (_name, query) => {
    const question = { query };
    const answers = await askOn(carriersOf(question), app, question);
    expect(by(answers, ({ data }) => data)).toEqual(by(answers, () => undefined));
    const codes = Object.values(codesBy(answers)).map((all) => new Set(all));
    expect(new Set(codes.flatMap((all) => [...all])).size).toBe(1);
    expect(codes.flatMap((all) => [...all])[0]).toMatch(
      /^(?:[A-Z]+_(?:SIZE_)?LIMIT_EXCEEDED|GRAPHQL_(?:PARSE|VALIDATION)_FAILED|BAD_USER_INPUT|OPERATION_RESOLUTION_FAILURE)$/,
    );
    const statuses = Object.values(by(answers, ({ status }) => status));
    expect(statuses.every((status) => status === null || status < 500)).toBe(true);
  });
});

describe('an operator who sets every limit as wide as can be', () => {
  const wide = useAttackedApp({
    GRAPHQL_MAX_DOCUMENT_BYTES: '1048576',
    GRAPHQL_MAX_TOKENS: '20000',
    GRAPHQL_MAX_DEPTH: '50',
    GRAPHQL_MAX_ALIASES: '1000',
    GRAPHQL_MAX_DIRECTIVES: '1000',
    GRAPHQL_MAX_LIST_ITEMS: '10000',
    GRAPHQL_MAX_COST: '1000000',
  });

  it.each(deepestDocuments)('still has refused the depth of %s', async (_name, query) => {
    const question = { query };
    const answers = await askOn(carriersOf(question), wide, question);
    expect(codesBy(answers)).toEqual(by(answers, () => ['DEPTH_LIMIT_EXCEEDED']));
  });
});
