import { createServer } from 'node:http';
import { toNodeHandler } from 'better-auth/node';
import { auth, pool } from './auth.ts';

const server = createServer(toNodeHandler(auth));
server.listen(Number(process.env.PORT), process.env.HOST);
process.once('SIGTERM', () => {
  server.close(() => void pool.end());
  server.closeAllConnections();
});
