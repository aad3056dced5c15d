import { createServer } from 'node:http';
import pg from 'pg';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { readSessionId } from './tokens.ts';
import { CurrentUserPlugin, SignedInPlugin } from './viewer.ts';

const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.POOL_SIZE),
});

const pgl = postgraphile({
  extends: [PostGraphileAmberPreset],
  plugins: [CurrentUserPlugin, SignedInPlugin],
  pgServices: [makePgService({ pool, schemas: ['public'] })],
  grafserv: { graphqlPath: '/graphql', graphiql: false, watch: false },
  grafast: {
    explain: false,
    context: async ({ node }) => ({
      sessionId: await readSessionId(node?.req.headers.authorization),
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
