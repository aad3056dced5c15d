import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/**
 * Takes the port alone for a moment and answers its number, which port 0 leaves to the system. Whoever
 * shares a port gets one that other servers share, too, and would not notice. Rejects with the
 * system's error, such as EADDRINUSE.
 */
export async function claimPort(address: { host: string; port: number }): Promise<number> {
  const server = createServer();
  server.listen({ host: address.host, port: address.port });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
