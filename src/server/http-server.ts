import { once } from 'node:events';
import { createServer } from 'node:http';
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

const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
const maxHeaderBytes = 16_384;

/**
 * Binds the socket before anything else is opened, so that a taken port is told at once. Node cuts
 * off slow and oversized requests. Rejects with the system's error, such as EADDRINUSE.
 */
export async function bindHttpServer(
  address: { host: string; port: number },
  whileStarting: Respond,
): Promise<HttpServer> {
  let respond = whileStarting;
  const adapter = createServerAdapter<{ req?: { socket: { remoteAddress?: string } } }>(
    (request, { req }) => respond(request, req?.socket.remoteAddress ?? null),
  );
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      maxHeaderSize: maxHeaderBytes,
    },
    adapter,
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
      const closed = once(server, 'close');
      server.close();
      const deadline = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(deadline);
    },
  };
}
