import { createServer } from 'node:http';
import { createYoga } from 'graphql-yoga';
import { type Context, prisma, schema } from './schema.ts';
import { createContext } from './viewer.ts';

const yoga = createYoga<object, Context>({
  schema,
  logging: 'warn',
  context: ({ request }) => createContext(request.headers.get('authorization')),
});

const server = createServer(yoga);
server.listen(Number(process.env.PORT), process.env.HOST);
process.once('SIGTERM', () => {
  server.close(() => void prisma.$disconnect());
  server.closeAllConnections();
});
