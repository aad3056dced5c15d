import { eventStreamByGet, eventStreamByPost, get, post } from './http-transports.ts';
import type { Transport } from './transport.ts';
import { webSocket } from './websocket-transport.ts';

/** Every way in to operations. */
export const transports: readonly Transport[] = [
  post,
  get,
  eventStreamByPost,
  eventStreamByGet,
  webSocket,
];
