import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { bindHttpServer } from '../../src/server/http-server.ts';
import { useListeningApp } from '../support/listening-app.ts';
import { openSocket as openRawSocket } from '../support/raw-socket.ts';
import { openConversation, openSocket, refusedSocket } from '../support/socket-client.ts';

const testApp = useListeningApp({ CORS_ORIGINS: 'https://app.example.com' });

/** Sends the handshake of any client, with other headers, and answers how it is refused. */
async function refusedBy(
  { url }: { url: string },
  headers: Record<string, string | undefined>,
  target = 'GET /graphql',
): Promise<string> {
  const { port, host } = new URL(url);
  const raw = await openRawSocket(Number(port));
  const all = {
    host,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-version': '13',
    'sec-websocket-protocol': 'graphql-transport-ws',
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}\r\n`],
  );
  raw.write(`${target} HTTP/1.1\r\n${lines.join('')}\r\n`);
  return raw.answered;
}

describe('a handshake', () => {
  it.each([
    ['no page', {}],
    ['the server itself', { origin: 'http://127.0.0.1:4000' }],
    ['a page of a listed origin', { origin: 'https://app.example.com' }],
    ['a page of the server by another name', { origin: 'http://localhost:1', host: 'localhost:1' }],
  ])('is accepted from %s', async (_description, headers) => {
    const socket = await openSocket(testApp.webSocketUrl, { headers });
    expect(socket.webSocket.protocol).toBe('graphql-transport-ws');
    expect(socket.webSocket.extensions).toBe('');
    socket.close();
  });

  it('is accepted with a query string', async () => {
    (await openSocket(`${testApp.webSocketUrl}?client=web`)).close();
  });

  it.each([
    ['of another host', '/graphql', { host: 'evil.example' }, 421, 'MISDIRECTED_REQUEST'],
    ['at /', '/', {}, 404, 'NOT_FOUND'],
    ['below /graphql', '/graphql/', {}, 404, 'NOT_FOUND'],
    ['at a path that only leads there', '/x/../graphql', {}, 404, 'NOT_FOUND'],
    ['at a path that is served otherwise', '/health', {}, 404, 'NOT_FOUND'],
    [
      'from a foreign page',
      '/graphql',
      { origin: 'https://evil.example' },
      403,
      'ORIGIN_NOT_ALLOWED',
    ],
    ['from a sandboxed page', '/graphql', { origin: 'null' }, 403, 'ORIGIN_NOT_ALLOWED'],
    ['from what is no origin', '/graphql', { origin: 'evil' }, 403, 'ORIGIN_NOT_ALLOWED'],
    [
      'from a page of another site',
      '/graphql',
      { 'sec-fetch-site': 'cross-site' },
      403,
      'ORIGIN_NOT_ALLOWED',
    ],
  ])('is refused %s', async (_description, path, headers, status, code) => {
    const answer = await refusedBy(testApp, headers, `GET ${path}`);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toMatch(/\r\nConnection: close\r\n/);
    expect(answer).toMatch(/\r\nX-Request-Id: [0-9a-f-]{36}\r\n/);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toEqual({
      code,
      message: expect.any(String),
    });
  });

  it.each([
    ['by another method', 'POST', {}, 405],
    ['without a key', 'GET', { 'sec-websocket-key': undefined }, 400],
    ['with half a key', 'GET', { 'sec-websocket-key': 'abc' }, 400],
    ['of another version', 'GET', { 'sec-websocket-version': '7' }, 400],
    ['with a malformed list of protocols', 'GET', { 'sec-websocket-protocol': 'a,,b' }, 400],
    ['with a host that makes no URL', 'GET', { host: 'x/graphql?' }, 400],
  ])('is refused %s', async (_description, method, headers, status) => {
    expect(await refusedBy(testApp, headers, `${method} /graphql`)).toMatch(
      new RegExp(`^HTTP/1.1 ${status} [^]*"code":`),
    );
  });

  it('without a protocol that is spoken here is closed: 4406', async () => {
    const socket = await openSocket(testApp.webSocketUrl, { protocols: [] });
    expect(await socket.closed).toMatchObject({ code: 4406 });
  });

  it('of another protocol than WebSocket is an ordinary request', async () => {
    const raw = await openRawSocket(Number(new URL(testApp.url).port));
    raw.write(
      `GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n`,
    );
    expect(await raw.answered).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('tells the request id that the log has of the socket', async () => {
    const webSocket = new WebSocket(testApp.webSocketUrl, 'graphql-transport-ws');
    const [[{ headers }]] = await Promise.all([
      once(webSocket, 'upgrade'),
      once(webSocket, 'open'),
    ]);
    webSocket.close();
    const find = () =>
      testApp.logged.lines.find(({ requestId }) => requestId === headers['x-request-id']);
    while (!find()) await testApp.logged.nextLine();
    expect(find()).toMatchObject({ msg: 'socket', viewerId: null, operations: 0 });
  });

  it('is logged when it is refused, by its request id', async () => {
    const { headers } = await refusedSocket(`${testApp.url.replace('http', 'ws')}/nothing`);
    const line = testApp.logged.lines.find(
      ({ requestId }) => requestId === headers['x-request-id'],
    );
    expect(line).toMatchObject({ msg: 'request', method: 'GET', path: null, status: 404 });
  });
});

describe('a server that starts', () => {
  it('refuses sockets for now: SERVICE_UNAVAILABLE', async () => {
    const server = await bindHttpServer({ host: '127.0.0.1', port: 0 }, testApp.app.respond);
    const url = `ws://127.0.0.1:${server.port}/graphql`;
    const { status, headers, text } = await refusedSocket(url);
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('1');
    expect(JSON.parse(text)).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await server.stop(0);
  });
});

describe('a client with too many connections', () => {
  const limited = useListeningApp({ CLIENT_LIVE_CONNECTIONS: '2', TRUSTED_PROXY_HOPS: '1' });
  const from = (ipAddress: string) => ({ headers: { 'x-forwarded-for': ipAddress } });

  it('is refused until one of them is over: CONNECTION_LIMIT_EXCEEDED', async () => {
    const first = await openConversation(limited, from('192.0.2.1'));
    await openConversation(limited, from('192.0.2.1'));
    const refused = await refusedSocket(limited.webSocketUrl, from('192.0.2.1'));
    expect(refused.status).toBe(429);
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'CONNECTION_LIMIT_EXCEEDED' });
    (await openConversation(limited, from('192.0.2.2'))).close();
    first.close();
    await first.closed;
    await limited.logged.line('socket');
    (await openConversation(limited, from('192.0.2.1'))).close();
  });

  it('keeps nothing of handshakes that came to nothing', async () => {
    const incomplete = { ...from('192.0.2.3').headers, 'sec-websocket-key': undefined };
    for (let times = 0; times < 3; times++) {
      expect(await refusedBy(limited, incomplete)).toMatch(/^HTTP\/1.1 400 /);
    }
    await openConversation(limited, from('192.0.2.3'));
    await openConversation(limited, from('192.0.2.3'));
  });
});
