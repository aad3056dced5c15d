import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import cors from 'cors';
import express from 'express';
import { type Context, prisma, schema } from './schema.ts';
import { createContext } from './viewer.ts';

const app = express();
const httpServer = createServer(app);
const server = new ApolloServer<Context>({
  schema,
  plugins: [ApolloServerPluginDrainHttpServer({ httpServer })],
});
await server.start();

app.use(
  '/graphql',
  cors(),
  express.json(),
  expressMiddleware(server, {
    context: async ({ req }) => createContext(req.headers.authorization),
  }),
);

httpServer.listen(Number(process.env.PORT), process.env.HOST ?? '127.0.0.1');
// Apollo Server drains by itself at SIGTERM; the pool would keep the process alive.
process.once('SIGTERM', () => void prisma.$disconnect());
