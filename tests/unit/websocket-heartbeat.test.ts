import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { startHeartbeat } from '../../src/server/websocket-heartbeat.ts';

const beatMs = 20;

let server: WebSocketServer;
beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
});
afterAll(() => {
  for (const client of server.clients) client.terminate();
  server.close();
});

/** Opens a socket whose server end has a heartbeat; answers both ends. */
async function open(options: { autoPong: boolean }) {
  const { port } = server.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}`, options);
  const [[served]] = await Promise.all([once(server, 'connection'), once(client, 'open')]);
  startHeartbeat(served as WebSocket, beatMs);
  return { client, served: served as WebSocket };
}

async function outlive(client: WebSocket, beats: number): Promise<void> {
  for (let beat = 0; beat < beats; beat++) await once(client, 'ping');
  expect(client.readyState).toBe(WebSocket.OPEN);
}

it('cuts off a client that does not answer', async () => {
  const { client } = await open({ autoPong: false });
  expect(await once(client, 'close')).toEqual([1006, Buffer.alloc(0)]);
});

it('keeps a client that answers', async () => {
  const { client } = await open({ autoPong: true });
  await outlive(client, 5);
});

it('keeps a client that says something else', async () => {
  const { client } = await open({ autoPong: false });
  client.on('ping', () => client.send('I am busy.'));
  await outlive(client, 5);
});

it('cuts off a client that does not agree to a close', async () => {
  const { client, served } = await open({ autoPong: true });
  client.pause();
  served.close();
  await once(served, 'close');
});
