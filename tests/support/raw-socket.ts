import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** A connection on which one writes HTTP by hand. */
export interface RawSocket {
  write(part: string | Buffer): void;
  /** Resolves with all that was answered, once the server has closed the connection. */
  answered: Promise<string>;
}

/** Opens a connection to a server on this machine. */
export async function openSocket(port: number): Promise<RawSocket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return {
    write(part) {
      socket.write(part);
    },
    answered: text(socket),
  };
}
