import { execute, GraphQLObjectType, GraphQLSchema, isObjectType, parse } from 'graphql';
import type { Context } from '../../src/graphql/context.ts';
import { schema } from '../../src/graphql/schema.ts';
import type { Person } from './people.ts';
import type { GraphqlBody } from './raw-request.ts';
import type { TestApp } from './test-app.ts';

/** Makes one object of each type whose fields are asked for by themselves, with no field left null. */
export async function makeSpecimens(
  { database: { prisma } }: TestApp,
  owner: Person,
): Promise<Record<string, unknown>> {
  const session = await prisma.session.findUniqueOrThrow({ where: { id: owner.sessionId } });
  return {
    User: await prisma.user.findUniqueOrThrow({ where: { id: owner.userId } }),
    Session: { ...session, deviceLabel: 'x', revokedAt: new Date(), revokeReason: 'SIGNED_OUT' },
    Role: await prisma.role.findUniqueOrThrow({ where: { key: 'user' } }),
  };
}

/** Reads a selection of an object that a root field without any rule hands out. */
export async function readSpecimen(
  typename: string,
  specimen: unknown,
  selection: string,
  contextValue: Context,
): Promise<GraphqlBody> {
  const document = parse(`{ specimen { ${selection} } }`);
  const result = await execute({
    schema: handingOut(typename, specimen),
    document,
    contextValue,
  });
  return JSON.parse(JSON.stringify(result));
}

function handingOut(typename: string, specimen: unknown): GraphQLSchema {
  const type = schema.getType(typename);
  if (!isObjectType(type)) throw new Error(`${typename} is not an object type.`);
  const { query, types, ...config } = schema.toConfig();
  return new GraphQLSchema({
    ...config,
    types: types.filter((other) => other !== query),
    query: new GraphQLObjectType({
      name: 'Query',
      fields: { specimen: { type, resolve: () => specimen } },
    }),
  });
}
