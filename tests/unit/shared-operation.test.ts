import { getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { LoggedEvent } from '../../src/generated/prisma/client.ts';
import { schema } from '../../src/graphql/schema.ts';
import { readSharedOperation } from '../../src/graphql/shared-operation.ts';
import { involvedIn, viewerKey } from '../../src/graphql/viewer-key.ts';
import type { Permission } from '../../src/modules/role/role.rules.ts';
import type { Viewer } from '../../src/modules/role/viewer.ts';
import { handingOut } from '../support/shared-answers.ts';

const query =
  'subscription A($id: ID!, $after: EventCursor) { userChanged(id: $id, after: $after) { ... on EventEnvelope { topic } } }';

interface Given {
  of?: typeof schema;
  text?: string;
  name?: string;
  variables?: Record<string, unknown>;
}

function read({ of = schema, text = query, name, variables }: Given) {
  const document = parse(text);
  const operation = getOperationAST(document, name);
  if (!operation) throw new Error('There is no such operation.');
  return readSharedOperation({ schema: of, document, operation, variables });
}
const digestOf = (given: Given) => read(given).digest;
const select = (selection: string) => `subscription { userChanged(id: "x") { ${selection} } }`;

describe('an operation', () => {
  const two = `${query} ${query.replace(' A(', ' B(')}`;
  const variables = { id: 'x' };
  it.each<[string, Given, Given]>([
    ['another document', { text: query }, { text: query.replace('topic', 'replayed') }],
    ['another operation of it', { text: two, name: 'A' }, { text: two, name: 'B' }],
    ['another variable', { variables }, { variables: { id: 'y' } }],
    ['a variable that is null', { variables: {} }, { variables: { id: null } }],
    ['a text for a number', { variables: { id: 1 } }, { variables: { id: '1' } }],
    ['a list for an object', { variables: { id: [['a', 1]] } }, { variables: { id: { a: 1 } } }],
    ['nothing for a list', { variables: { id: [] } }, { variables: { id: [null] } }],
    ['another schema', {}, { of: handingOut('User', null), text: query }],
  ])('is not the same as one with %s', (_difference, one, other) => {
    expect(digestOf(other)).not.toBe(digestOf(one));
    expect(digestOf(one)).toBe(digestOf(one));
  });

  it('is the same however its variables are ordered, also within one', () => {
    const one = { id: { a: 1, b: [{ c: 2, d: 3 }] } };
    const other = { id: { b: [{ d: 3, c: 2 }], a: 1 } };
    expect(digestOf({ variables: other })).toBe(digestOf({ variables: one }));
  });

  it('is the same wherever its stream begins', () => {
    const begun = { id: 'x', after: 'some place' };
    expect(digestOf({ variables: begun })).toBe(digestOf({ variables: { id: 'x', after: null } }));
  });

  it('is not the same where the variable of its beginning says something else, too', () => {
    const text = query.replace('topic', 'topic @skip(if: $after)');
    const [one, other] = [{ after: true }, { after: false }];
    expect(digestOf({ text, variables: one })).not.toBe(digestOf({ text, variables: other }));
  });
});

describe('what its answers depend on', () => {
  const event = (selection: string) => select(`... on EventEnvelope { event { ${selection} } }`);
  const user = (selection: string) => event(`... on UserChanged { user { ${selection} } }`);
  const follower = ['permissions', 'self'];

  it.each([
    ['the rule of its root', select('__typename'), follower],
    ['the rule of a type', user('displayName'), follower],
    ['fields of any type that there may be', event('cursor'), ['permissions', 'roles', 'self']],
    ['nothing that is known where one field says nothing', user('sessions { totalCount }'), null],
    ['nothing known of an aliased field', user('displayName: auditEvents { totalCount }'), null],
    ['what is left out, too', user('id sessions @skip(if: true) { totalCount }'), null],
    [
      'what is in a fragment',
      `${user('...F')} fragment F on User { sessions { totalCount } }`,
      null,
    ],
    ['what is in a nameless fragment', user('... { sessions { totalCount } }'), null],
    [
      'fragments of another type in between',
      `${user('...F')} fragment F on Node { id ... on Session { isCurrent } }`,
      null,
    ],
    ['all of a type that is looked at twice', user('roles { key } more: roles { id }'), follower],
  ])('is %s', (_what, text, grounds) => {
    const found = read({ text }).grounds;
    expect(found && [...found].sort()).toEqual(grounds);
  });
});

describe('a viewer', () => {
  const viewer = (userId: string, more: Partial<Viewer> = {}): Viewer => ({
    userId,
    sessionId: `session of ${userId}`,
    proofAgeMs: 0,
    permissions: new Set<Permission>(),
    roleKeys: new Set(['user']),
    ...more,
  });
  const ada = viewer('ada');
  const reader = viewer('ada', { permissions: new Set<Permission>(['users:read']) });
  const holder = viewer('ada', { roleKeys: new Set(['user', 'staff']) });
  const involved = ['ada', 'bob'];

  it.each([
    ['permissions', ada, reader],
    ['roles', ada, holder],
    ['user', viewer('eve'), viewer('mallory')],
    ['self', ada, viewer('eve')],
    ['self', ada, viewer('bob')],
  ] as const)('shares nothing that depends on %s with another', (ground, one, other) => {
    const key = (who: Viewer) => viewerKey(who, new Set([ground]), involved);
    expect(key(one)).not.toBe(key(other));
    expect(key(one)).toBe(key({ ...one, sessionId: 'elsewhere', proofAgeMs: 7 }));
  });

  it('shares what depends on them being involved with others who are not', () => {
    const key = (userId: string) => viewerKey(viewer(userId), new Set(['self']), involved);
    expect(key('eve')).toBe(key('mallory'));
  });

  it('shares nothing of that kind where it is not known who is involved', () => {
    const key = (userId: string) => viewerKey(viewer(userId), new Set(['self']), null);
    expect(key('eve')).not.toBe(key('mallory'));
  });

  it('shares nothing that is not declared, and nothing as a stranger', () => {
    expect(viewerKey(ada, null, involved)).toBeNull();
    expect(viewerKey(null, new Set(), involved)).toBeNull();
  });

  it('is involved as the type of the event says', () => {
    const about = (type: string, userId: string | null) => ({ type, userId }) as LoggedEvent;
    expect(involvedIn(schema, about('UserChanged', 'ada'))).toEqual(['ada']);
    expect(involvedIn(schema, about('UserChanged', null))).toEqual([]);
    expect(involvedIn(schema, about('User', 'ada'))).toBeNull();
    expect(involvedIn(schema, about('Nothing', 'ada'))).toBeNull();
  });
});
