import SchemaBuilder from '@pothos/core';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import { PrismaPg } from '@prisma/adapter-pg';
import { GraphQLError } from 'graphql';
import { DateTimeResolver } from 'graphql-scalars';
import type PrismaTypes from './generated/pothos-types.ts';
import { getDatamodel } from './generated/pothos-types.ts';
import { PrismaClient } from './generated/prisma/client.ts';

/** What resolvers know of a request. */
export interface Context {
  /** Finds out who calls, once in a request; null for a stranger. */
  viewerId(): Promise<string | null>;
}

/** The client of the database, with as many connections as all systems have. */
export const prisma = new PrismaClient({
  adapter: new PrismaPg({
    connectionString: process.env.DATABASE_URL,
    max: Number(process.env.POOL_SIZE),
  }),
});

const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  PrismaTypes: PrismaTypes;
  Scalars: { DateTime: { Input: Date; Output: Date } };
}>({
  plugins: [RelayPlugin, PrismaPlugin],
  defaultFieldNullability: false,
  relay: {},
  prisma: { client: prisma, dmmf: getDatamodel() },
});

builder.addScalarType('DateTime', DateTimeResolver);

const newestFirst = [{ createdAt: 'desc' as const }, { id: 'desc' as const }];

builder.prismaObject('Session', {
  fields: (t) => ({
    id: t.exposeID('id'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
});

builder.prismaObject('User', {
  fields: (t) => ({
    id: t.exposeID('id'),
    email: t.exposeString('email'),
    displayName: t.exposeString('displayName'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    sessions: t.relatedConnection('sessions', {
      cursor: 'id',
      query: { orderBy: newestFirst },
    }),
  }),
});

builder.queryType({
  fields: (t) => ({
    me: t.prismaField({
      type: 'User',
      nullable: true,
      resolve: async (query, _root, _args, { viewerId }) => {
        const id = await viewerId();
        if (id === null) return null;
        return await prisma.user.findUnique({ ...query, where: { id } });
      },
    }),
    users: t.prismaConnection({
      type: 'User',
      cursor: 'id',
      resolve: async (query, _root, _args, { viewerId }) => {
        if ((await viewerId()) === null) throw new GraphQLError('Sign in first.');
        return await prisma.user.findMany({ ...query, orderBy: newestFirst });
      },
    }),
  }),
});

/** What is served. */
export const schema = builder.toSchema();
