import { isListType, isNonNullType, isNullableType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { fieldsOf, fieldsThatAnswer, objectTypes } from '../support/schema-parts.ts';

// https://relay.dev/graphql/connections.htm

const connections = objectTypes.filter(({ name }) => name.endsWith('Connection'));

const typesOf = (name: string) => {
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new Error(`${name} is not an object type.`);
  return Object.fromEntries(fieldsOf(type).map((field) => [field.name, String(field.type)]));
};

it('has connections to look at', () => {
  expect(connections.length).toBeGreaterThan(0);
});

/** Those without a number: audit trail and messages have no end, and nobody turns to their last page. */
const uncounted = ['AuditEventConnection', 'MessageConnection'];

describe.each(connections)('$name', (connection) => {
  const node = connection.name.replace(/Connection$/, '');

  it('has edges, nodes and page info, and counts only on demand', () => {
    expect(typesOf(connection.name)).toEqual({
      edges: `[${node}Edge!]!`,
      nodes: `[${node}!]!`,
      pageInfo: 'PageInfo!',
      ...(!uncounted.includes(connection.name) && { totalCount: 'Int' }),
    });
  });

  it('has edges of a node and its cursor', () => {
    expect(typesOf(`${node}Edge`)).toMatchObject({ cursor: 'String!', node: `${node}!` });
  });

  it.each(fieldsThatAnswer(connection))(
    'is paged through in both directions by %s',
    (coordinate) => {
      const [owner = '', name = ''] = coordinate.split('.');
      const type = schema.getType(owner);
      const field = isObjectType(type) ? type.getFields()[name] : undefined;
      const args = Object.fromEntries(field?.args.map((arg) => [arg.name, String(arg.type)]) ?? []);
      expect(args).toMatchObject({ first: 'Int', after: 'String', last: 'Int', before: 'String' });
    },
  );
});

it('has the page info of the specification', () => {
  expect(typesOf('PageInfo')).toEqual({
    hasNextPage: 'Boolean!',
    hasPreviousPage: 'Boolean!',
    startCursor: 'String',
    endCursor: 'String',
  });
});

it('answers nodes in a list, null where there is none', () => {
  const { node, nodes } = schema.getQueryType()?.getFields() ?? {};
  expect([String(node?.type), String(nodes?.type)]).toEqual(['Node', '[Node]!']);
});

it('lists no objects but in connections and where their number is bounded', () => {
  const lists = objectTypes.flatMap((type) =>
    fieldsOf(type)
      .filter((field) => {
        const list = isNonNullType(field.type) ? field.type.ofType : field.type;
        if (!isListType(list)) return false;
        const item = isNonNullType(list.ofType) ? list.ofType.ofType : list.ofType;
        return isObjectType(item) && !type.name.endsWith('Connection');
      })
      .map((field) => `${type.name}.${field.name}`),
  );
  // Few by nature: the broken rules of one input, the roles of a server and of one user. A page of
  // events has no connection: what is read on from is the cursor of the page, also when it is empty.
  expect(lists).toEqual(['EventPage.items', 'Query.roles', 'User.roles', 'ValidationError.issues']);
});

it('has no list that may be null or hold null, but for nodes', () => {
  const nullable = objectTypes.flatMap((type) =>
    fieldsOf(type)
      .filter((field) => {
        const list = isNonNullType(field.type) ? field.type.ofType : field.type;
        return isListType(list) && isNullableType(list.ofType);
      })
      .map((field) => `${type.name}.${field.name}`),
  );
  expect(nullable).toEqual(['Query.nodes']);
});
