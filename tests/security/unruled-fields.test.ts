import SchemaBuilder from '@pothos/core';
import '@pothos/plugin-scope-auth';
import { execute, extendSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { rowsOfSchema } from '../support/access-matrix.ts';
import { unruledFields } from '../support/unruled-fields.ts';
import { accessTable } from './access-table.ts';

/** Fields that the table says are open to strangers, each with its reason. */
const openFields = new Set(
  Object.entries(accessTable).flatMap(([typename, fields]) =>
    Object.entries(fields)
      .filter(([, { reason }]) => reason !== undefined)
      .map(([row]) => `${typename}.${row.split(':')[0]}`),
  ),
);

/** Errors tell callers of their own call; who may make it is up to the mutation. */
const isOfError = (field: string) => /^\w+Error\./.test(field);

describe('a field without a rule', () => {
  it('is one that the table opens to strangers for a reason, and all of those are', () => {
    const unruled = unruledFields(schema).filter((field) => !isOfError(field));
    const advice = 'Give it `authScopes`, or a reason in tests/security/access-table.ts';
    expect(unruled, advice).toEqual([...openFields].filter((field) => !isOfError(field)).sort());
  });

  it.each([
    ['of a root', 'extend type Query { leak: String }', ['Query.leak']],
    ['that does something', 'extend type Mutation { leak: String }', ['Mutation.leak']],
    ['that goes on telling', 'extend type Subscription { leak: String }', ['Subscription.leak']],
    ['of an open type', 'extend type AuthConfig { leak: String }', ['AuthConfig.leak']],
    [
      'of a type of its own',
      'type Leak { drop: String } extend type Query { leak: [Leak!]! }',
      ['Leak.drop', 'Query.leak'],
    ],
    [
      'in a union with others',
      'type Leak { drop: String } union Leaks = User | Leak extend type Query { leak: Leaks }',
      ['Leak.drop', 'Query.leak'],
    ],
    ['behind an interface', 'type Leak implements Node { id: ID! } ', ['Leak.id']],
    [
      'that opens a connection from the other side',
      'extend type AuthConfig { leak: UserConnection }',
      [
        'AuthConfig.leak',
        'PageInfo.endCursor',
        'PageInfo.hasNextPage',
        'PageInfo.hasPreviousPage',
        'PageInfo.startCursor',
        'UserConnection.edges',
        'UserConnection.nodes',
        'UserConnection.pageInfo',
        'UserConnection.totalCount',
        'UserEdge.cursor',
        'UserEdge.node',
      ],
    ],
  ])('is found: one %s', (_description, plant, found) => {
    const planted = extendSchema(schema, parse(plant));
    const before = unruledFields(schema);
    expect(unruledFields(planted).filter((field) => !before.includes(field))).toEqual(found);
  });

  it('is found to have no row either', () => {
    const decided = (of: Record<string, string[]>) => Object.entries(of).flat(2);
    for (const plant of ['type Leak { drop: String }', 'extend type User { drop: String }']) {
      const planted = extendSchema(schema, parse(plant));
      const rows = decided(rowsOfSchema(planted));
      expect(rows.filter((row) => row === 'drop')).toHaveLength(1);
      expect(rowsOfSchema(planted)).not.toEqual(rowsOfSchema());
    }
  });
});

describe('a rule', () => {
  // Plugins that are not asked for have options that the types insist on.
  const options = {
    plugins: ['scopeAuth'],
    scopeAuth: { authScopes: () => ({ signedIn: false }), defaultStrategy: 'all' },
  };
  const builder = new SchemaBuilder<{ AuthScopes: { signedIn: boolean } }>(options as never);
  const leak = { resolve: () => 'leak' };
  const guarded = builder.objectRef<object>('Guarded').implement({
    authScopes: { signedIn: true },
    fields: (t) => ({
      kept: t.string(leak),
      leaking: t.string({ ...leak, skipTypeScopes: true }),
      keptByItself: t.string({ ...leak, skipTypeScopes: true, authScopes: { signedIn: true } }),
    }),
  });
  builder.queryType({
    fields: (t) => ({
      guarded: t.field({ type: guarded, resolve: () => ({}) }),
      kept: t.string({ ...leak, authScopes: { signedIn: true } }),
      keptByFunction: t.string({ ...leak, authScopes: () => ({ signedIn: true }) }),
      leakingByNoScope: t.string({ ...leak, authScopes: {} }),
      leakingByNothing: t.string({ ...leak, authScopes: { $all: {} } }),
      keptByFalse: t.string({ ...leak, authScopes: { signedIn: false } }),
    }),
  });

  it('is none when it asks for nothing or is skipped', async () => {
    const built = builder.toSchema();
    expect(unruledFields(built)).toEqual([
      'Guarded.leaking',
      'Query.guarded',
      'Query.leakingByNoScope',
      'Query.leakingByNothing',
    ]);
    const document = parse(
      '{ guarded { kept keptByItself leaking } kept keptByFalse keptByFunction leakingByNoScope leakingByNothing }',
    );
    const { data } = await execute({ schema: built, document, contextValue: {} });
    expect(JSON.parse(JSON.stringify(data))).toEqual({
      guarded: { kept: null, keptByItself: null, leaking: 'leak' },
      kept: null,
      keptByFalse: null,
      keptByFunction: null,
      leakingByNoScope: 'leak',
      leakingByNothing: 'leak',
    });
  });
});
