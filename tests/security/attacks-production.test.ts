import { describe, expect, it } from 'vitest';
import { askOn, by, codesBy, useAttackedApp } from '../support/attacked-app.ts';
import { production } from '../support/production.ts';
import type { Question } from '../support/transport.ts';
import { transports } from '../support/transports.ts';

const app = useAttackedApp(production);

const asked = async (question: Question) => {
  const some = transports.filter(
    ({ mutates }) => mutates || !String(question.query).startsWith('mutation'),
  );
  return askOn(some, app, question, { authorization: app.authorization });
};

describe('in production', () => {
  it.each([
    '{ __schema { types { name } } }',
    '{ __type(name: "User") { fields { name } } }',
    '{ a: __schema { queryType { name } } }',
    '{ me { id } ... { ... on Query { __schema { types { name } } } } }',
    'query { ...F } fragment F on Query { __type(name: "Query") { name } }',
    'query A { __schema { types { name } } } query B { me { id } }',
    'mutation { __schema { types { name } } }',
    'subscription { __schema { types { name } } }',
  ])('the schema is shown on no transport: %s', async (query) => {
    const answers = await asked({
      query,
      ...(query.startsWith('query A') && { operationName: 'B' }),
    });
    expect(by(answers, ({ data }) => data)).toEqual(by(answers, () => undefined));
    expect(by(answers, ({ codes }) => [...new Set(codes)])).toEqual(
      by(answers, () => ['GRAPHQL_VALIDATION_FAILED']),
    );
  });

  it.each<[string, Question]>([
    ['a field', { query: '{ usres { totalCount } }' }],
    ['a field of an object', { query: '{ me { emial } }' }],
    ['an argument', { query: '{ user(idd: 1) { id } }' }],
    ['a type', { query: '{ me { ...F } } fragment F on Usr { id }' }],
    [
      'a type of a variable',
      { query: 'query ($a: UserOrdr) { users(orderBy: $a) { totalCount } }' },
    ],
    ['a value of an enum', { query: '{ users(orderBy: { by: EMIAL }) { totalCount } }' }],
    ['a field of an input', { query: '{ users(orderBy: { byy: EMAIL }) { totalCount } }' }],
    ['a directive', { query: '{ me @skp(if: true) { id } }' }],
    ['a subscription', { query: 'subscription { userChange(id: "1") { __typename } }' }],
    [
      'a value of an enum in the variables',
      {
        query: 'query ($a: UserOrder) { users(orderBy: $a) { totalCount } }',
        variables: { a: { by: 'EMIAL' } },
      },
    ],
    [
      'a field of an input in the variables',
      {
        query: 'mutation ($a: EmailInput!) { resendVerification(input: $a) { __typename } }',
        variables: { a: { emial: 'x' } },
      },
    ],
  ])('nobody helps to guess %s', async (_name, question) => {
    const answers = await asked(question);
    expect(by(answers, ({ data }) => data)).toEqual(by(answers, () => undefined));
    expect(JSON.stringify(answers)).not.toMatch(/did you mean/i);
    const all = codesBy(answers);
    expect(all).toEqual(by(answers, () => all.POST));
  });
});
