import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createServerAdapter } from '@whatwg-node/server';
import type { Respond } from './respond.ts';

/** A bound socket. */
export interface HttpServer {
  /** The port in use, also when any free one was asked for. */
  readonly port: number;
  /** Answers with this from now on. */
  serve(respond: Respond): void;
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

const hostSyntax = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

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
 * off slow and oversized requests. Rejects with the system's error, such as EADDRINUSE.
 */
export async function bindHttpServer(
  address: { host: string; port: number },
  whileStarting: Respond,
  { headersMs, requestMs, checkMs }: HttpPatience = patience,
): Promise<HttpServer> {
  let respond = whileStarting;
  let stopping = false;
  const adapter = createServerAdapter<{ req?: { socket: { remoteAddress?: string } } }>(
    async (request, { req }) => {
      const response = await respond(request, req?.socket.remoteAddress ?? null);
      // Or the client would keep the connection open, and the stop wait for it.
      if (stopping) response.headers.set('connection', 'close');
      return response;
    },
  );
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: checkMs,
      maxHeaderSize: maxHeaderBytes,
    },
    (request, response) => {
      if (isAddressed(request)) return adapter(request, response);
      response.writeHead(400, { connection: 'close' }).end();
    },
  );
  server.listen(address);
  await once(server, 'listening');
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : address.port,
    serve(newRespond) {
      respond = newRespond;
    },
    async stop(graceMs) {
      stopping = true;
      const closed = once(server, 'close');
      server.close();
      const deadline = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(deadline);
    },
  };
}
