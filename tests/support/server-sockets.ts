import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** Runs work, and answers the connections that servers of this process took meanwhile. */
export async function socketsTaken(work: () => Promise<unknown>): Promise<Socket[]> {
  const sockets: Socket[] = [];
  const note = (message: unknown) => void sockets.push(Object(message).socket);
  subscribe('net.server.socket', note);
  try {
    await work();
    return sockets;
  } finally {
    unsubscribe('net.server.socket', note);
  }
}
