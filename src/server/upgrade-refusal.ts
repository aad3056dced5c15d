import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** Why a connection keeps its protocol; told in the form of every other problem outside of GraphQL. */
export interface UpgradeRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Answers a request to change protocols over the bare connection, and closes it. */
export function refuseUpgrade(
  socket: Duplex,
  { status, code, message }: UpgradeRefusal,
  headers: Record<string, string> = {},
): void {
  const body = JSON.stringify({ code, message });
  const fields = Object.entries({
    Connection: 'close',
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  // Or it would stay open for as long as the client keeps its half.
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${fields.join('')}\r\n${body}`);
}
