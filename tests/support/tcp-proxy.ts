import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';

/** Stands between a client and a server, and breaks the connections at will. */
export interface TcpProxy {
  port: number;
  /** Ends every connection and refuses new ones. */
  cut(): Promise<void>;
  /**
   * Lets so many bytes more through to clients, and ends the connection that carries the last of
   * them, in the middle of a frame as a rule; resolves then.
   */
  cutAfter(bytes: number): Promise<void>;
  /** Keeps the connections open and accepts new ones, but lets nothing through any more. */
  stall(): void;
  /** Lets nothing through the connections that are open now; new ones work. */
  stallOpenConnections(): void;
  /** Accepts connections again after `cut`, lets bytes through again after `stall`. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a proxy to a TCP server on a free loopback port. */
export async function startTcpProxy(host: string, port: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let stalled = false;
  let limit: { bytes: number; reached: PromiseWithResolvers<void> } | null = null;
  const server = createServer((near) => {
    join(near, dial(port, host));
    if (stalled) stallOpenConnections();
  });

  function join(near: Socket, far: Socket): void {
    for (const [socket, other] of [[near, far] as const, [far, near] as const]) {
      sockets.add(socket);
      socket.on('data', (bytes) => (socket === far ? deliver(bytes, near) : far.write(bytes)));
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  }

  function deliver(bytes: Buffer, near: Socket): void {
    if (limit === null || bytes.length < limit.bytes) {
      near.write(bytes);
      if (limit !== null) limit.bytes -= bytes.length;
      return;
    }
    near.end(bytes.subarray(0, limit.bytes), () => near.destroy());
    limit.reached.resolve();
    limit = null;
  }

  function stallOpenConnections(): void {
    for (const socket of sockets) socket.pause();
  }

  async function listen(at: number): Promise<number> {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  async function cut(): Promise<void> {
    const closed = server.listening ? once(server, 'close') : null;
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  const ownPort = await listen(0);
  return {
    port: ownPort,
    cut,
    cutAfter(bytes) {
      limit = { bytes, reached: Promise.withResolvers<void>() };
      return limit.reached.promise;
    },
    stall: () => {
      stalled = true;
      stallOpenConnections();
    },
    stallOpenConnections,
    restore: async () => {
      stalled = false;
      for (const socket of sockets) socket.resume();
      if (!server.listening) await listen(ownPort);
    },
    close: cut,
  };
}
