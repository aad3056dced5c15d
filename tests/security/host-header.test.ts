import { beforeAll, describe, expect, it } from 'vitest';
import { bindHttpServer, type HttpServer } from '../../src/server/http-server.ts';
import { production } from '../support/production.ts';
import { openSocket } from '../support/raw-socket.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

const paths = [
  '/graphql',
  '/outbox',
  '/verify-email',
  '/reset-password',
  '/accept-invite',
  '/health',
  '/.well-known/jwks.json',
  '/none',
];
const query = '?query={authConfig{methods}}';

const fetchAt = ({ app }: TestApp, authority: string, path: string) =>
  app.respond(new Request(`http://${authority}${path}`), '127.0.0.1');

/** Names that somebody else may let lead to this machine, and addresses that others can reach. */
const foreign = [
  'evil.example',
  'evil.example:4000',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'xlocalhost',
  '0.0.0.0:4000',
  '192.168.1.10:4000',
  '[2001:db8::1]:4000',
  '[::ffff:192.0.2.1]:4000',
];

describe('a development server', () => {
  let testApp: TestApp;
  let server: HttpServer;
  beforeAll(async () => {
    const running = await startTestApp({ PUBLIC_URL: 'http://localhost:4000' });
    testApp = running;
    server = await bindHttpServer({ host: '127.0.0.1', port: 0 }, running.app.respond);
    return async () => {
      await server.stop(0);
      await running.stop();
    };
  });

  it.each(foreign)('answers nothing under the host %s: 421', async (authority) => {
    for (const path of paths) {
      const response = await fetchAt(testApp, authority, `${path}${query}`);
      expect(response.status, path).toBe(421);
      expect(await response.json()).toEqual({
        code: 'MISDIRECTED_REQUEST',
        message: 'This server does not answer under that name.',
      });
    }
  });

  it.each(['localhost:4000', 'LOCALHOST', '127.0.0.1:4000', '127.1.2.3:1', '[::1]:4000'])(
    'answers under a name of this machine: %s',
    async (authority) => {
      const response = await fetchAt(testApp, authority, `/graphql${query}`);
      expect(await response.json()).toEqual({
        data: { authConfig: { methods: ['PASSWORD', 'EMAIL_CODE'] } },
      });
      expect((await fetchAt(testApp, authority, '/outbox')).status).toBe(200);
    },
  );

  it.each([
    ['evil.example', 421],
    [`evil.example:80`, 421],
    ['127.0.0.1.evil.example', 421],
    ['localhost', 200],
    ['127.0.0.1:4000', 200],
  ])('goes by the Host header of a connection: %s', async (host, status) => {
    const socket = await openSocket(server.port);
    socket.write(`GET /outbox HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(await socket.answered).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  it.each([
    ['a path in the Host header', 'GET /none HTTP/1.1\r\nHost: localhost/outbox?'],
    ['a name before an @', 'GET /outbox HTTP/1.1\r\nHost: evil.example@localhost'],
    ['a URL for a path', 'GET http://localhost/outbox HTTP/1.1\r\nHost: evil.example'],
  ])('does not fall for %s', async (_description, beginning) => {
    const socket = await openSocket(server.port);
    socket.write(`${beginning}\r\nConnection: close\r\n\r\n`);
    expect(await socket.answered).toMatch(/^HTTP\/1\.1 4\d\d /);
  });
});

describe('a production server', () => {
  it('answers under any host, for a proxy may call it by another', async () => {
    const live = await startTestApp(production);
    for (const authority of [...foreign, 'localhost', 'accounts.example.com']) {
      expect((await fetchAt(live, authority, '/health/ready')).status).toBe(200);
    }
    await live.stop();
  });
});
