import { request as httpRequest } from 'node:http';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  bindHttpServer,
  type HttpPatience,
  type HttpServer,
} from '../../src/server/http-server.ts';
import type { Respond } from '../../src/server/respond.ts';
import { openSocket } from '../support/raw-socket.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

const anyPort = { host: '127.0.0.1', port: 0 };
const impatience: HttpPatience = { headersMs: 200, requestMs: 400, checkMs: 20 };
/** Longer than a test may take. */
const graceMs = 60_000;

const hello: Respond = async () => new Response('hello');

let server: HttpServer | undefined;
afterEach(async () => {
  await server?.stop(0);
  server = undefined;
});

async function bind(respond: Respond, patience?: HttpPatience): Promise<HttpServer> {
  server = await bindHttpServer(anyPort, respond, patience);
  return server;
}

/** A promise that is settled from outside. */
const { promise: released, resolve: release } = Promise.withResolvers<void>();

describe('a stop', () => {
  it('finishes the running requests, then takes no more', async () => {
    const begun = Promise.withResolvers<void>();
    const stopping = await bind(async () => {
      begun.resolve();
      await released;
      return new Response('finished');
    });
    const url = `http://127.0.0.1:${stopping.port}/`;
    const running = fetch(url);
    await begun.promise;
    const stopped = stopping.stop(graceMs);
    server = undefined;
    await expect(fetch(url)).rejects.toThrow();
    release();
    const response = await running;
    expect(await response.text()).toBe('finished');
    // Else the client would keep the connection open, and the stop wait for it.
    expect(response.headers.get('connection')).toBe('close');
    await stopped;
  });

  it('tells the client so on the short way, too', async () => {
    const begun = Promise.withResolvers<void>();
    const finished = Promise.withResolvers<void>();
    const stopping = await bind(hello);
    stopping.serve({
      respond: hello,
      upgrade: () => {},
      async answerPost() {
        begun.resolve();
        await finished.promise;
        return { status: 200, headers: new Map(), body: 'short' };
      },
    });
    const running = fetch(`http://127.0.0.1:${stopping.port}/`);
    await begun.promise;
    const stopped = stopping.stop(graceMs);
    server = undefined;
    finished.resolve();
    const response = await running;
    expect(await response.text()).toBe('short');
    expect(response.headers.get('connection')).toBe('close');
    await stopped;
  });

  it('does not wait for connections that are only kept open', async () => {
    const stopping = await bind(hello);
    const response = await fetch(`http://127.0.0.1:${stopping.port}/`);
    expect(await response.text()).toBe('hello');
    expect(response.headers.get('connection')).toBe('keep-alive');
    await stopping.stop(graceMs);
    server = undefined;
  });

  it('cuts what is left after the grace', async () => {
    const begun = Promise.withResolvers<void>();
    const stopping = await bind(() => {
      begun.resolve();
      return new Promise(() => undefined);
    });
    const running = fetch(`http://127.0.0.1:${stopping.port}/`);
    const refused = expect(running).rejects.toThrow();
    await begun.promise;
    await stopping.stop(50);
    server = undefined;
    await refused;
  });
});

describe('a client that is slow or too long', () => {
  it.each([
    ['never ends its headers', 'GET / HTTP/1.1\r\nHost: x\r\n'],
    ['never sends its body', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab'],
  ])('is cut off when it %s: 408', async (_description, beginning) => {
    const { port } = await bind(async (request) => new Response(await request.text()), impatience);
    const socket = await openSocket(port);
    socket.write(beginning);
    expect(await socket.answered).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('is cut off when its headers are longer than 16 KiB: 431', async () => {
    const { port } = await bind(hello);
    const socket = await openSocket(port);
    socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(17_000)}\r\n\r\n`);
    expect(await socket.answered).toMatch(/^HTTP\/1\.1 431 /);
  });

  it.each([
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na',
    ],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a header on two lines', 'GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['no HTTP', 'hello\r\n\r\n'],
  ])('is refused when it sends %s: 400', async (_description, bytes) => {
    const { port } = await bind(hello);
    const socket = await openSocket(port);
    socket.write(bytes);
    expect(await socket.answered).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('a port', () => {
  it('that is taken is told at once: EADDRINUSE', async () => {
    const { port } = await bind(hello);
    const second = bindHttpServer({ ...anyPort, port }, hello);
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('answers with what is served from now on', async () => {
    const { port, serve } = await bind(hello);
    serve({ respond: async () => new Response('later'), upgrade: () => {} });
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('later');
  });
});

describe('a whole instance behind a socket', () => {
  let testApp: TestApp;
  beforeAll(async () => {
    const running = await startTestApp();
    testApp = running;
    return running.stop;
  });

  const post = { method: 'POST', headers: { 'content-type': 'application/json' } };

  it('answers, and does not say what it is', async () => {
    const { port } = await bind(testApp.app.respond);
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      ...post,
      body: '{"query":"{ __typename }"}',
    });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
    for (const name of ['server', 'x-powered-by', 'via']) {
      expect(response.headers.has(name)).toBe(false);
    }
  });

  it('refuses a body that grows past the limit in chunks: 413', async () => {
    const { port } = await bind(testApp.app.respond);
    const chunk = new Uint8Array(65_536).fill(0x20);
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(chunk),
    });
    const endless = { ...post, body, duplex: 'half' };
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, endless);
    expect(response.status).toBe(413);
    const { errors } = await response.json();
    expect(errors[0].extensions.code).toBe('REQUEST_ENTITY_TOO_LARGE');
  });

  it('answers HEAD without a body', async () => {
    const { port } = await bind(testApp.app.respond);
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest({ port, host: '127.0.0.1', method: 'HEAD', path: '/health' });
      request.on('response', ({ statusCode }) => resolve(statusCode));
      request.on('error', reject);
      request.end();
    });
    expect(status).toBe(200);
  });

  it.each(['//', '/\\x', '/?a=%', 'http://evil.example/health', '*'])(
    'survives the target %s',
    async (target) => {
      const { port } = await bind(testApp.app.respond);
      const socket = await openSocket(port);
      socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect(await socket.answered).toMatch(/^HTTP\/1\.1 [24]\d\d /);
    },
  );

  it.each(['a b', '[', 'x:99999', 'x/outbox?', 'x/graphql?query=%7B__typename%7D&', 'x@y', 'x#'])(
    'refuses the host %s, which would make another URL of the path: 400',
    async (host) => {
      const { port } = await bind(testApp.app.respond);
      const socket = await openSocket(port);
      socket.write(`GET /nothing HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect(await socket.answered).toMatch(/^HTTP\/1\.1 400 .*\r\n\r\n(?:0\r\n\r\n)?$/s);
    },
  );

  it.each(['POST', 'PUT', 'DELETE', 'TRACE', 'OPTIONS'])(
    'refuses %s where nothing can be changed: METHOD_NOT_ALLOWED',
    async (method) => {
      const { port } = await bind(testApp.app.respond);
      const socket = await openSocket(port);
      socket.write(`${method} /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
      expect(await socket.answered).toMatch(/^HTTP\/1\.1 405 .*METHOD_NOT_ALLOWED/s);
    },
  );
});
