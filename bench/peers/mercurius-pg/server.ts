import { createPublicKey } from 'node:crypto';
import { createVerifier, type DecodedJwt } from 'fast-jwt';
import Fastify from 'fastify';
import { GraphQLScalarType } from 'graphql';
import mercurius, { type MercuriusContext } from 'mercurius';
import { close, findViewer, listSessions, listUsers, type User } from './queries.ts';

declare module 'mercurius' {
  interface MercuriusContext {
    /** Finds out who calls, once in a request; null for a stranger. */
    viewer(): Promise<User | null>;
  }
}

const { keys } = JSON.parse(process.env.JWKS ?? '') as { keys: { kid: string }[] };
const pems = new Map(
  keys.map((key) => [
    key.kid,
    createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString(),
  ]),
);
const verify = createVerifier({
  key: async ({ header }: DecodedJwt) => pems.get(header.kid) ?? '',
  algorithms: ['EdDSA'],
  checkTyp: 'at+jwt',
  allowedIss: process.env.ISSUER ?? '',
  allowedAud: process.env.AUDIENCE ?? '',
  requiredClaims: ['exp', 'sid'],
  cache: true,
});

async function findCaller(authorization = ''): Promise<User | null> {
  const claims = await verify(authorization.replace(/^Bearer /, '')).catch(() => null);
  return claims && findViewer(claims.sid);
}

const schema = `
  scalar DateTime
  type Query {
    me: User
    users(first: Int! = 20, after: String): UserPage!
  }
  type UserPage {
    nodes: [User!]!
    endCursor: String
    hasNextPage: Boolean!
  }
  type User {
    id: ID!
    email: String!
    displayName: String!
    createdAt: DateTime!
    sessions(first: Int! = 20): [Session!]!
  }
  type Session {
    id: ID!
    createdAt: DateTime!
  }
`;

const resolvers = {
  DateTime: new GraphQLScalarType({
    name: 'DateTime',
    serialize: (value) => (value as Date).toISOString(),
  }),
  Query: {
    me: (_root: unknown, _args: unknown, { viewer }: MercuriusContext) => viewer(),
    users: async (
      _root: unknown,
      { first, after }: { first: number; after?: string },
      { viewer }: MercuriusContext,
    ) => {
      if ((await viewer()) === null) throw new mercurius.ErrorWithProps('Sign in first.');
      const limit = Math.min(first, 100);
      const position = after && JSON.parse(Buffer.from(after, 'base64url').toString());
      const rows = await listUsers(limit + 1, position || undefined);
      return { nodes: rows.slice(0, limit), hasNextPage: rows.length > limit };
    },
  },
  UserPage: {
    endCursor: ({ nodes }: { nodes: User[] }) => {
      const { createdAt, id } = nodes.at(-1) ?? {};
      return id && Buffer.from(JSON.stringify({ createdAt, id })).toString('base64url');
    },
  },
};

const loaders = {
  User: {
    sessions: {
      loader: async (queries: { obj: User; params: { first: number } }[]) => {
        const most = Math.min(Math.max(...queries.map(({ params }) => params.first)), 100);
        const lists = await listSessions(
          queries.map(({ obj }) => obj.id),
          most,
        );
        return lists.map((list, index) => list.slice(0, queries[index]?.params.first));
      },
      // Within one request nothing is asked for twice, and the cache would serialise each user.
      opts: { cache: false },
    },
  },
};

const app = Fastify({ logger: { level: 'warn' } });
await app.register(mercurius, {
  schema,
  resolvers,
  loaders,
  jit: 1,
  context({ headers }) {
    let found: Promise<User | null> | undefined;
    return {
      viewer() {
        found ??= findCaller(headers.authorization);
        return found;
      },
    };
  },
});
app.addHook('onClose', close);
await app.listen({ port: Number(process.env.PORT), host: process.env.HOST ?? '127.0.0.1' });
process.once('SIGTERM', () => void app.close());
