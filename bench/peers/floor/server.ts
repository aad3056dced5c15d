// As little as possible between the socket and the database: what the runtime itself can do.
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { findPage, findViewer } from './queries.ts';
import { signIn } from './sign-in.ts';
import { readSession, type SessionClaim } from './tokens.ts';

/** Body of an answer; null where the caller is not signed in. */
type Answer = Promise<string | null> | string | null;

const forSession = (answer: (session: SessionClaim) => Promise<string | null>) => {
  return ({ headers: { authorization } }: IncomingMessage): Answer => {
    const session = readSession(authorization);
    return session instanceof Promise
      ? session.then((it) => it && answer(it))
      : session && answer(session);
  };
};

const routes: Record<string, (request: IncomingMessage) => Answer> = {
  'GET /me': forSession(findViewer),
  'GET /users': forSession((session) => findPage(session, false)),
  'GET /users-with-sessions': forSession((session) => findPage(session, true)),
  'GET /typename': () => '{"__typename":"Query"}',
  'POST /sign-in': async (request) => {
    const { email, password } = JSON.parse(await text(request));
    return await signIn(email, password);
  },
};

const server = createServer(async (request, response) => {
  try {
    const route = routes[`${request.method} ${request.url}`];
    if (route === undefined) return void response.writeHead(404).end();
    const answer = route(request);
    const body = answer instanceof Promise ? await answer : answer;
    if (body === null) return void response.writeHead(401).end();
    response
      .writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      })
      .end(body);
  } catch (error) {
    console.error(error);
    response.writeHead(500).end();
  }
});
server.listen(Number(process.env.PORT), process.env.HOST);
process.on('SIGTERM', () => {
  server.close(() => process.exit());
  server.closeAllConnections();
});
