import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import type { ProtocolSocket, ServerMessage } from './socket-client.ts';
import {
  type Asker,
  type HeldStream,
  headersOf,
  type Question,
  readAnswer,
  type Transport,
  type TransportAnswer,
  writeJson,
} from './transport.ts';

/** Asks on a socket of its own; answers the first thing that is said, be it at the handshake. */
async function hold(url: string, question: Question, asker: Asker = {}): Promise<HeldStream> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws', {
    headers: headersOf(asker),
  });
  const first = Promise.withResolvers<TransportAnswer>();
  const say = (message: object) => socket.send(writeJson(message));
  const { authorization } = asker;
  socket.on('open', () => say({ type: 'connection_init', payload: { authorization } }));
  socket.on('message', (data) => {
    const message: ServerMessage = JSON.parse(String(data));
    if (message.id !== undefined) first.resolve(answerIn(message));
    else say({ type: 'subscribe', id: '1', payload: question });
  });
  socket.on('close', (code, reason) => first.resolve(closedBy(code, String(reason))));
  // What it is about is told by the code that it closes with.
  socket.on('error', () => {});
  socket.on('unexpected-response', async (_request, response: IncomingMessage) => {
    first.resolve(readAnswer(await text(response), response.statusCode ?? null));
  });
  return { first: await first.promise, leave: () => leave(socket) };
}

async function leave(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return;
  // Not `once` of node:events, which an error would end: what was no socket closes with one.
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.close();
  await closed;
}

/** Waits until a socket is closed, and writes that down as an answer. */
export async function closing({ closed }: ProtocolSocket): Promise<TransportAnswer> {
  const { code, reason } = await closed;
  return closedBy(code, reason);
}

function closedBy(code: number, message: string): TransportAnswer {
  return readAnswer(JSON.stringify({ code: `CLOSED_${code}`, message }), null);
}

/** Reads what a message says of an operation. */
export function answerIn({ type, payload }: ServerMessage): TransportAnswer {
  return readAnswer(JSON.stringify(type === 'error' ? { errors: payload } : (payload ?? {})), null);
}

export const webSocket: Transport = {
  name: 'WebSocket',
  mutates: true,
  streams: true,
  carries: () => true,
  hold,
  async ask(url, question, asker) {
    const { first, leave } = await hold(url, question, asker);
    await leave();
    return first;
  },
};
