import { describe, expect, it } from 'vitest';
import { askOn, codesBy, useAttackedApp } from '../support/attacked-app.ts';
import { type Question, WrittenJson } from '../support/transport.ts';
import { transports } from '../support/transports.ts';

const app = useAttackedApp();

const globalId = (text: string | Buffer) => Buffer.from(text).toString('base64');
const nested = (count: number, opening: string, closing: string) =>
  new WrittenJson(`${opening.repeat(count)}1${closing.repeat(count)}`);

const hostileValues: [name: string, value: unknown][] = [
  ['a null byte', 'a\u0000b'],
  ['half a character', 'a\ud800'],
  ['the other half', '\udfffa'],
  ['no character', '\uffff'],
  ['a mark of direction', '\u202eabc'],
  ['a long text', 'x'.repeat(100_000)],
  ['an empty text', ''],
  ['a large number', 2 ** 31],
  ['a larger number', 1e308],
  ['a number below nothing', -1],
  ['half a number', 0.5],
  ['true', true],
  ['an empty list', []],
  ['a list in lists, 1,000 deep', nested(1_000, '[', ']')],
  ['an object in objects, 1,000 deep', nested(1_000, '{"a":', '}')],
  ['a list in lists, 10,000 deep', nested(10_000, '[', ']')],
  ['an object in objects, 10,000 deep', nested(10_000, '{"a":', '}')],
  ['an object that says what it is', { toString: 'x', toJSON: 'x', valueOf: null, length: 1e9 }],
  ['names of prototypes', JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":{"a":1}}}')],
  ['an id of nothing', globalId('User:')],
  ['an id with a null byte', globalId('User:\u0000')],
  ['an id of no type', globalId('__proto__:1')],
  ['an id of what is no node', globalId('Query:1')],
  ['an id that is no UTF-8', globalId(Buffer.from([0x55, 0x73, 0x65, 0x72, 0x3a, 0xff, 0xfe]))],
];

/** Where it is put; each takes it apart in its own way. */
const questions: Record<string, (value: unknown) => Question> = {
  'an id': (value) => ({
    query: 'query ($v: ID!) { node(id: $v) { id } }',
    variables: { v: value },
  }),
  'a list of ids': (value) => ({
    query: 'query ($v: [ID!]!) { nodes(ids: $v) { id } }',
    variables: { v: [value] },
  }),
  'an input': (value) => ({
    query: 'query ($v: UserOrder) { users(orderBy: $v) { totalCount } }',
    variables: { v: value },
  }),
  'a cursor': (value) => ({
    query: 'query ($v: String) { events(topics: []) { cursor } users(after: $v) { totalCount } }',
    variables: { v: value },
  }),
  'a scalar of ours': (value) => ({
    query: 'query ($v: EventCursor) { events(after: $v) { hasMore } }',
    variables: { v: value },
  }),
  'variables beside those declared': (value) => ({
    query: '{ __typename }',
    variables: { other: value },
  }),
  'a mutation': (value) => ({
    query:
      'mutation ($v: String) { updateProfile(input: { displayName: $v, locale: $v }) { __typename } }',
    variables: { v: value },
  }),
};

describe('a value that nobody sends who means well', () => {
  it.each(hostileValues)(
    'is taken or refused alike on every transport: %s',
    async (_name, value) => {
      const { authorization } = app;
      for (const [where, ask] of Object.entries(questions)) {
        const question = ask(value);
        const some = transports.filter(
          ({ mutates, carries }) => carries(question) && (mutates || where !== 'a mutation'),
        );
        const codes = codesBy(await askOn(some, app, question, { authorization }));
        const byPost = codes.POST ?? [];
        expect({ where, codes }).toEqual({
          where,
          codes: Object.fromEntries(some.map(({ name }) => [name, byPost])),
        });
        const known = ['BAD_USER_INPUT', 'FORBIDDEN'];
        expect(byPost.filter((code) => !known.includes(code))).toEqual([]);
      }
      expect(Object.keys(Object.prototype)).toEqual([]);
    },
  );

  it.each([
    ['a list in lists', nested(50_000, '[', ']')],
    ['an object in objects', nested(20_000, '{"a":', '}')],
  ])('is refused to a subscription: %s, BAD_USER_INPUT', async (_name, topics) => {
    const query = 'subscription ($t: [EventTopic!]) { events(topics: $t) { __typename } }';
    const question = { query, variables: { t: topics } };
    const some = transports.filter(({ streams, carries }) => streams && carries(question));
    const codes = codesBy(await askOn(some, app, question, { authorization: app.authorization }));
    const refused = some.map(({ name }) => [name, ['BAD_USER_INPUT']]);
    expect(codes).toEqual(Object.fromEntries(refused));
  });
});
