import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ExecutionResult } from 'graphql';
import { WebSocket } from 'ws';
import { createMessageQueue, type MessageQueue } from './message-queue.ts';

/** What the server sends, as far as tests look at it. */
export interface ServerMessage {
  type: string;
  id?: string;
  payload?: unknown;
}

/** A WebSocket on which one speaks graphql-transport-ws by hand. */
export interface ProtocolSocket {
  /** Sends an object as JSON, anything else as it is. */
  send(message: object | string): void;
  /** Waits for the next message that is about no operation. */
  next(): Promise<ServerMessage>;
  /** Waits for the next message about an operation. */
  nextOf(id: string): Promise<ServerMessage>;
  /** Asks for an operation and answers all that is said about it, up to its end. */
  ask(query: string, variables?: object, id?: string): Promise<ServerMessage[]>;
  /** Asks for an operation that answers once, and reads the answer; fails when it is refused. */
  askOnce(query: string, variables?: object): Promise<ExecutionResult>;
  readonly closed: Promise<{ code: number; reason: string }>;
  /** For what the library does not do by itself. */
  readonly webSocket: WebSocket;
  /** The connection below, to write bytes on that are no frames. */
  readonly connection: Socket;
  close(): void;
}

/** How a socket is opened. */
export interface SocketOptions {
  headers?: Record<string, string | undefined>;
  protocols?: string[];
}

/** Opens a WebSocket; rejects when the handshake is refused. */
export async function openSocket(
  url: string,
  options: SocketOptions = {},
): Promise<ProtocolSocket> {
  const { webSocket, connection } = dial(url, options);
  const others = createMessageQueue<ServerMessage>();
  const byId = new Map<string, MessageQueue<ServerMessage>>();
  let ending: string | null = null;
  const queueOf = (id: string) => {
    const queue = byId.get(id) ?? createMessageQueue<ServerMessage>();
    if (ending !== null) queue.end(ending);
    byId.set(id, queue);
    return queue;
  };
  webSocket.on('message', (data) => {
    const message: ServerMessage = JSON.parse(String(data));
    (message.id === undefined ? others : queueOf(message.id)).push(message);
  });
  const closed = once(webSocket, 'close').then(([code, reason]) => {
    ending = `The socket is closed: ${code} ${reason}`;
    for (const queue of [others, ...byId.values()]) queue.end(ending);
    return { code: Number(code), reason: String(reason) };
  });
  await once(webSocket, 'open');
  webSocket.on('error', () => undefined);
  let asked = 0;
  const send = (message: object | string) =>
    webSocket.send(typeof message === 'string' ? message : JSON.stringify(message));
  async function ask(query: string, variables?: object, id = `asked ${++asked}`) {
    send({ type: 'subscribe', id, payload: { query, variables } });
    const said: ServerMessage[] = [];
    while (said.at(-1)?.type !== 'complete' && said.at(-1)?.type !== 'error') {
      said.push(await queueOf(id).next());
    }
    return said;
  }
  return {
    send,
    next: () => others.next(),
    nextOf: (id) => queueOf(id).next(),
    ask,
    async askOnce(query, variables) {
      const [first, second] = await ask(query, variables);
      if (first?.type !== 'next' || second?.type !== 'complete') {
        throw new Error(`${query}\nwas answered ${JSON.stringify(first)}`);
      }
      return first.payload as ExecutionResult;
    },
    closed,
    webSocket,
    connection,
    close: () => webSocket.close(1000),
  };
}

/** Opens a WebSocket and has it acknowledged. */
export async function openConversation(
  { webSocketUrl }: { webSocketUrl: string },
  { token, ...options }: SocketOptions & { token?: string } = {},
): Promise<ProtocolSocket> {
  const socket = await openSocket(webSocketUrl, options);
  const payload = token === undefined ? {} : { authorization: `Bearer ${token}` };
  socket.send({ type: 'connection_init', payload });
  const { type } = await socket.next();
  if (type !== 'connection_ack') throw new Error(`connection_init was answered ${type}.`);
  return socket;
}

/** Tries to open a WebSocket; answers how it is refused. */
export async function refusedSocket(url: string, options: SocketOptions = {}) {
  const { webSocket, connection } = dial(url, options);
  webSocket.on('error', () => undefined);
  const [_request, response] = await once(webSocket, 'unexpected-response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  if (!connection.destroyed) await once(connection, 'close');
  const { statusCode, headers } = response;
  return { status: statusCode, headers, text: Buffer.concat(chunks).toString() };
}

function dial(url: string, { headers = {}, protocols = ['graphql-transport-ws'] }: SocketOptions) {
  const { port, hostname } = new URL(url);
  const connection = connect(Number(port), hostname);
  const webSocket = new WebSocket(url, protocols, {
    headers,
    createConnection: () => connection,
  });
  return { webSocket, connection };
}

/** Lists the codes that an `error` message tells. */
export function codesIn(message: ServerMessage | undefined): unknown[] {
  const errors = message?.type === 'error' && Array.isArray(message.payload) ? message.payload : [];
  return errors.map(({ extensions }) => extensions?.code);
}
