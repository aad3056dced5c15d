import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { getIntrospectionQuery } from 'graphql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FrameParts, frame } from '../support/frames.ts';
import { useListeningApp } from '../support/listening-app.ts';
import { openConversation, type ProtocolSocket } from '../support/socket-client.ts';

const testApp = useListeningApp({ WEBSOCKET_MAX_OPERATIONS: '3' });

let bystander: ProtocolSocket;
let hostile: ProtocolSocket;
/** The server's end of the hostile connection. */
let served: Socket;
beforeEach(async () => {
  testApp.logged.lines.length = 0;
  bystander = await openConversation(testApp);
  const accepted = new Promise<Socket>((resolve) => {
    const note = (message: unknown) => {
      unsubscribe('net.server.socket', note);
      resolve((message as { socket: Socket }).socket);
    };
    subscribe('net.server.socket', note);
  });
  hostile = await openConversation(testApp);
  served = await accepted;
});
afterEach(async () => {
  expect(await bystander.askOnce('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
  expect(testApp.logged.lines.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  bystander.close();
  hostile.webSocket.terminate();
});

const ping = '{"type":"ping"}';

describe('a frame', () => {
  it.each<[string, string | Buffer, FrameParts, number]>([
    ['is compressed though nobody agreed to it', ping, { reserved: 4 }, 1002],
    ['has a reserved bit', ping, { reserved: 1 }, 1002],
    ['has an unknown opcode', ping, { opcode: 3 }, 1002],
    ['goes on with nothing', ping, { opcode: 0 }, 1002],
    ['is not masked', ping, { isMasked: false }, 1002],
    ['is no UTF-8', Buffer.from([0x7b, 0xff, 0xfe]), {}, 1007],
    ['cuts a character in two', Buffer.from([0xe2, 0x82]), {}, 1007],
    ['pings with too much', 'x'.repeat(126), { opcode: 9 }, 1002],
    ['pings in pieces', 'x', { opcode: 9, isLast: false }, 1002],
    ['closes with half a code', 'x', { opcode: 8 }, 1002],
    ['closes with a code that none may send', Buffer.from([0x03, 0xee]), { opcode: 8 }, 1002],
    ['closes for a reason that is no UTF-8', Buffer.from([3, 232, 0xff]), { opcode: 8 }, 1007],
  ])('that %s closes its socket', async (_description, payload, parts, code) => {
    hostile.connection.write(frame(payload, parts));
    expect(await hostile.closed).toMatchObject({ code });
  });

  it('may come a byte at a time', async () => {
    hostile.connection.setNoDelay();
    for (const byte of frame(ping)) {
      await new Promise((resolve) => hostile.connection.write(Buffer.of(byte), resolve));
    }
    expect(await hostile.next()).toEqual({ type: 'pong' });
  });

  it('may be one of several that make a message', async () => {
    const parts = [
      frame('{"type"', { isLast: false }),
      frame(':"pi', { opcode: 0, isLast: false }),
    ];
    hostile.connection.write(Buffer.concat(parts));
    // Frames of control may come in between.
    hostile.connection.write(frame('x', { opcode: 9 }));
    hostile.connection.write(frame('ng"}', { opcode: 0 }));
    expect(await hostile.next()).toEqual({ type: 'pong' });
  });

  it('that breaks off ends its socket alone', async () => {
    hostile.connection.write(frame('{"type":', { length: 60_000 }));
    hostile.connection.destroy();
    const { lines, nextLine } = testApp.logged;
    // Others may still be closing.
    while (!lines.some(({ msg, code }) => msg === 'socket' && code === 1006)) await nextLine();
  });
});

describe('a message', () => {
  it('that is longer than is read closes its socket: 1009', async () => {
    hostile.send(`{"type":"ping","payload":{"x":"${'x'.repeat(131_072)}"}}`);
    expect(await hostile.closed).toMatchObject({ code: 1009 });
  });

  it('that grows longer than is read in pieces closes its socket: 1009', async () => {
    const piece = frame('x'.repeat(60_000), { opcode: 0, isLast: false });
    hostile.connection.write(frame('"', { isLast: false }));
    hostile.connection.write(Buffer.concat([piece, piece, piece]));
    expect(await hostile.closed).toMatchObject({ code: 1009 });
  });

  it('in more pieces than make sense closes its socket: 1008', async () => {
    const piece = frame('x', { opcode: 0, isLast: false });
    hostile.connection.write(frame('"', { isLast: false }));
    hostile.connection.write(Buffer.concat(Array.from({ length: 3_000 }, () => piece)));
    expect(await hostile.closed).toMatchObject({ code: 1008 });
  });
});

describe('a flood', () => {
  it.each([
    ['pings', frame(ping)],
    ['pongs', frame('{"type":"pong"}')],
    ['ends that end nothing', frame('{"type":"complete","id":"x"}')],
    ['frames that answer no ping', frame('', { opcode: 10 })],
  ])('of %s closes the socket: 1008', async (_what, one) => {
    const many = Buffer.concat(Array.from({ length: 1_000 }, () => one));
    for (let sent = 0; sent < 20_000; sent += 1_000) hostile.connection.write(many);
    expect(await hostile.closed).toMatchObject({ code: 1008 });
    await bystander.askOnce('{ __typename }');
  });

  it('of frames that ping is cut off or answered', async () => {
    const pings = Buffer.concat(Array.from({ length: 1_000 }, () => frame('x', { opcode: 9 })));
    for (let sent = 0; sent < 100_000; sent += 1_000) hostile.connection.write(pings);
    hostile.connection.end();
    await hostile.closed;
  });

  it('of operations that are refused ends its socket, too: 1008', async () => {
    const payload = { query: '{ __typename }' };
    for (let id = 0; id < 5_000; id++) hostile.send({ type: 'subscribe', id: `${id}`, payload });
    expect(await hostile.closed).toMatchObject({ code: 1008 });
    await bystander.askOnce('{ __typename }');
  });

  it('of operations waits at a client that does not read', async () => {
    const query = getIntrospectionQuery();
    const run = () =>
      testApp.logged.lines.filter(({ operationName }) => operationName === 'IntrospectionQuery')
        .length;
    let asked = 0;
    const askForMuch = () => {
      asked += 1;
      hostile.send({ type: 'subscribe', id: String(asked), payload: { query } });
    };
    hostile.webSocket.pause();
    // Until all that lies in between is full.
    while (served.writableLength === 0) {
      askForMuch();
      while (run() < asked) await testApp.logged.nextLine();
      await bystander.askOnce('{ __typename }');
    }
    for (let more = 0; more < 400; more++) askForMuch();
    await vi.waitFor(() => expect(served.isPaused()).toBe(true));
    expect(served.writableLength).toBeLessThan(2_000_000);
    expect(run()).toBeLessThan(asked - 200);
    hostile.webSocket.resume();
    for (let id = 1; id <= asked; id++) await hostile.nextOf(String(id));
  });

  it('of handshakes that come to nothing leaves the server serving', async () => {
    const { port } = new URL(testApp.url);
    for (let times = 0; times < 200; times++) {
      const connection = connect(Number(port), '127.0.0.1');
      await once(connection, 'connect');
      connection.write('GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n');
      connection.write('Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n');
      connection.write('Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
      connection.resetAndDestroy();
    }
  });
});
