import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createServerAdapter } from '@whatwg-node/server';
import type { AnswerPost } from './answer-post.ts';
import type { Respond } from './respond.ts';
import { sendResponse } from './send-response.ts';
import { refuseUpgrade } from './upgrade-refusal.ts';
import type { Upgrade } from './websocket.ts';

/** What answers. */
export interface Serving {
  respond: Respond;
  /** Asked first, where there is a shorter way for some requests. */
  answerPost?: AnswerPost;
  upgrade: Upgrade;
}

/** A bound socket. */
export interface HttpServer {
  /** The port in use, also when any free one was asked for. */
  readonly port: number;
  /** Answers with these from now on; until then nobody changes protocols. */
  serve(serving: Serving): void;
  /** Takes no new connections, finishes running requests, and cuts what is left after the grace. */
  stop(graceMs: number): Promise<void>;
}

/** How patient the server is with clients, in milliseconds. */
export interface HttpPatience {
  /** For all headers of a request. */
  headersMs: number;
  /** For the whole of a request. */
  requestMs: number;
  /** How often connections are looked at; a slow one is cut off at most that much late. */
  checkMs: number;
}

const patience: HttpPatience = { headersMs: 10_000, requestMs: 30_000, checkMs: 1_000 };
const maxHeaderBytes = 16_384;
const unreadMs = 60_000;

const hostSyntax = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

const refuseForNow: Upgrade = (_request, socket) =>
  refuseUpgrade(
    socket,
    { status: 503, code: 'SERVICE_UNAVAILABLE', message: 'The server is starting or stopping.' },
    { 'Retry-After': '1' },
  );
const refuseAddress: Upgrade = (_request, socket) =>
  refuseUpgrade(socket, { status: 400, code: 'BAD_REQUEST', message: 'This makes no URL.' });

/**
 * Tells whether path and host can be put together to the one URL that they stand for. Else a host
 * such as `x/outbox?` would choose the path.
 */
function isAddressed({ url, headersDistinct }: IncomingMessage): boolean {
  const [host, ...others] = headersDistinct.host ?? [];
  if (!url?.startsWith('/') || others.length > 0) return false;
  return host === undefined || (hostSyntax.test(host) && URL.canParse(`http://${host}`));
}

/**
 * Binds the socket before anything else is opened, so that a taken port is told at once. Node cuts
 * off slow and oversized requests. With `reusePort` the system shares connections out among all who
 * listen so. Rejects with the system's error, such as EADDRINUSE.
 */
export async function bindHttpServer(
  address: { host: string; port: number; reusePort?: boolean },
  whileStarting: Respond,
  { headersMs, requestMs, checkMs }: HttpPatience = patience,
): Promise<HttpServer> {
  let serving: Serving = { respond: whileStarting, upgrade: refuseForNow };
  let stopping = false;
  const adapter = createServerAdapter<{ req?: IncomingMessage }>((request, { req }) =>
    serving.respond(request, req?.socket.remoteAddress ?? null),
  );
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const answered =
      (await serving.answerPost?.(request)) ??
      (await adapter.handleNodeRequestAndResponse(request, response, { req: request }));
    // Or the client would keep the connection open, and the stop wait for it.
    if (stopping) answered.headers.set('connection', 'close');
    await sendResponse(answered, response, request);
  };
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: checkMs,
      maxHeaderSize: maxHeaderBytes,
      // Whoever offers another protocol, such as HTTP/2, is answered in this one.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    },
    (request, response) => {
      // What cannot be written is nobody's to hear.
      if (isAddressed(request))
        return void answer(request, response).catch(() => response.destroy());
      response.writeHead(400, { connection: 'close' }).end();
    },
  );
  // Whoever takes nothing of an answer does not hold it for ever.
  server.timeout = unreadMs;
  // Node forgets them, but waits for them when it closes.
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // From here on Node leaves errors to us; not heard, one would end the process.
    socket.on('error', () => socket.destroy());
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    const current = stopping ? refuseForNow : serving.upgrade;
    const answer = isAddressed(request) ? current : refuseAddress;
    try {
      answer(request, socket, head);
    } catch {
      // Nobody above would catch it, and one handshake must not end the process.
      socket.destroy();
    }
  });
  server.listen(address);
  await once(server, 'listening');
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : address.port,
    serve(given) {
      serving = given;
    },
    async stop(graceMs) {
      stopping = true;
      const closed = once(server, 'close');
      server.close();
      const deadline = setTimeout(() => {
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(deadline);
    },
  };
}
