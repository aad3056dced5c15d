import { createServer } from 'node:http';
import pg from 'pg';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { context, SafeError, sideEffect } from 'postgraphile/grafast';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { extendSchema, wrapPlans } from 'postgraphile/utils';
import { findViewer } from './viewer.ts';

declare global {
  // biome-ignore lint/style/noNamespace: As Grafast wants to be told of its context.
  namespace Grafast {
    interface Context {
      userId: string | null;
    }
  }
}

const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.POOL_SIZE),
});

const CurrentUserPlugin = extendSchema((build) => {
  const { user } = build.pgResources;
  if (user === undefined) throw new Error('There is no table of users.');
  return {
    typeDefs: /* GraphQL */ `
      extend type Query {
        me: User
      }
    `,
    objects: {
      Query: { plans: { me: () => user.get({ id: context().get('userId') }) } },
    },
  };
});

const SignedInPlugin = wrapPlans({
  Query: {
    allUsers(plan) {
      sideEffect(context().get('userId'), (userId) => {
        if (userId === null) throw new SafeError('Sign in first.');
      });
      return plan();
    },
  },
});

const pgl = postgraphile({
  extends: [PostGraphileAmberPreset],
  plugins: [CurrentUserPlugin, SignedInPlugin],
  pgServices: [makePgService({ pool, schemas: ['public'] })],
  grafserv: { graphqlPath: '/graphql', graphiql: false, watch: false },
  grafast: {
    explain: false,
    context: async ({ node }) => ({
      userId: await findViewer(pool, node?.req.headers.authorization),
    }),
  },
});

const server = createServer();
await pgl.createServ(grafserv).addTo(server);
server.listen(Number(process.env.PORT), process.env.HOST);
process.once('SIGTERM', () => {
  server.close(() => void Promise.resolve(pgl.release()).then(() => pool.end()));
  server.closeAllConnections();
});
