import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import cors from 'cors';
import express from 'express';
import { type Context, schema } from './schema.ts';
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

// Apollo Server itself heeds SIGTERM.
httpServer.listen(Number(process.env.PORT), process.env.HOST);
