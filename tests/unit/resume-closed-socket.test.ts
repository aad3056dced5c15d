import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createMessageQueue } from '../support/message-queue.ts';
import { follow } from '../support/stream-clients/resume.ts';

/** A server whose every connection the test answers by hand, once it has been subscribed over. */
async function startScriptedServer() {
  const server = new WebSocketServer({ port: 0, handleProtocols: () => 'graphql-transport-ws' });
  const subscriptions = createMessageQueue<{
    after: unknown;
    socket: WebSocket;
    tell(cursor: string): void;
  }>();
  server.on('connection', (socket) =>
    socket.on('message', (data) => {
      const { type, id, payload } = JSON.parse(String(data));
      const send = (message: object) => socket.send(JSON.stringify(message));
      const tell = (cursor: string) =>
        send({ type: 'next', id, payload: { data: { stream: { event: { cursor } } } } });
      if (type === 'connection_init') send({ type: 'connection_ack' });
      else subscriptions.push({ after: payload.variables.after, socket, tell });
    }),
  );
  await once(server, 'listening');
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = () => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  };
  return { url, subscriptions, [Symbol.dispose]: stop };
}

describe('the resume helper', () => {
  it('does not listen to a connection that was given up: it would pass over what nobody has heard', async () => {
    using server = await startScriptedServer();
    const client = createClient({
      url: server.url,
      webSocketImpl: WebSocket,
      retryWait: async () => {},
    });
    const arrivals = createMessageQueue<string>();
    client.on('opened', (socket) =>
      (socket as WebSocket).addEventListener('message', ({ data }) => arrivals.push(String(data))),
    );
    const arrival = async (cursor: string) => {
      while (!(await arrivals.next()).includes(`"${cursor}"`));
    };
    const told: unknown[] = [];
    const following = follow(client, { query: 'subscription' }, ({ event }) =>
      told.push(event?.cursor),
    );
    const first = await server.subscriptions.next();
    first.tell('a');
    await arrival('a');
    // It does not learn that it is being closed.
    first.socket.pause();
    client.terminate();
    const second = await server.subscriptions.next();
    first.tell('c');
    await arrival('c');
    for (const cursor of ['b', 'c']) second.tell(cursor);
    await arrival('c');
    expect(second.after).toBe('a');
    expect(told).toEqual(['a', 'b', 'c']);
    following.leave();
    await client.dispose();
  });
});
