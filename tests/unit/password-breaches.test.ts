import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createBreachLookup } from '../../src/modules/auth/password-breaches.ts';
import { createPasswordPolicy } from '../../src/modules/auth/password-policy.ts';
import { captureLog } from '../support/captured-log.ts';

const password = 'päss of ﬁve words';
const sha1 = createHash('sha1').update(password.normalize('NFKC')).digest('hex').toUpperCase();
const [prefix, rest] = [sha1.slice(0, 5), sha1.slice(5)];
const closers: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Starts a service that answers so; tells its address. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}/range`;
}

/** Looks the password up in a service that answers so. */
async function lookUp(listener: RequestListener) {
  const captured = captureLog();
  const isBreached = createBreachLookup(await serve(listener), captured.log);
  return { isBreached: await isBreached(password), captured };
}

describe('a range service', () => {
  it('is told five digits of the hash and asked for padding, and nothing else', async () => {
    const asked: unknown[] = [];
    const { isBreached, captured } = await lookUp((request, response) => {
      asked.push([request.method, request.url, request.headers['add-padding']]);
      response.end(`${'0'.repeat(35)}:3\r\n${rest}:12\r\n`);
    });
    expect(asked).toEqual([['GET', `/range/${prefix}`, 'true']]);
    expect(isBreached).toBe(true);
    expect(captured.lines).toEqual([]);
  });

  it.each([
    ['the password in small digits', `${rest.toLowerCase()}:1`, true],
    ['others', `${'0'.repeat(35)}:3\r\n${'F'.repeat(35)}:1\r\n`, false],
    ['the password as padding', `${rest}:0\r\n`, false],
    ['the password within a longer line', `0${rest}:5\r\n${'0'.repeat(35)}:3`, false],
  ])('that answers %s is understood', async (_, body, expected) => {
    const { isBreached, captured } = await lookUp((_request, response) => response.end(body));
    expect(isBreached).toBe(expected);
    expect(captured.lines).toEqual([]);
  });

  const hit = `${rest}:7\r\n`;
  it.each<[string, RequestListener]>([
    ['hangs', () => {}],
    ['hangs within its answer', (_, response) => response.write(hit)],
    ['hangs up', (request) => request.socket.destroy()],
    ['answers 500', (_, response) => response.writeHead(500).end(hit)],
    ['redirects', (_, response) => response.writeHead(302, { location: '/elsewhere' }).end(hit)],
    ['answers a page', (_, response) => response.end('<html>Not here</html>')],
    ['answers nothing', (_, response) => response.end()],
    ['answers bytes', (_, response) => response.end(Buffer.alloc(1000, 0xff))],
    ['answers too much', (_, response) => response.end(hit.repeat(100_000))],
  ])('that %s refuses nobody, and the log says so without the password', async (_, listener) => {
    const { isBreached, captured } = await lookUp(listener);
    expect(isBreached).toBe(false);
    expect(captured.lines).toMatchObject([{ level: 40 }]);
    for (const secret of [password, sha1, prefix, rest, '127.0.0.1']) {
      expect(captured.text()).not.toContain(secret);
    }
  });
});

describe('a policy with a range service', () => {
  it('asks it last, and refuses what it knows: VALIDATION_FAILED', async () => {
    const asked: unknown[] = [];
    const breachedUrl = await serve((request, response) => {
      asked.push(request.url);
      response.end(`${rest}:12`);
    });
    const parts = { minLength: 15, breachedUrl, ownUrls: [], log: captureLog().log };
    const policy = createPasswordPolicy(parts);
    const check = (text: string) => policy.check(text, { path: ['input', 'password'] });
    const refusal = (code: string) => ({ issues: [{ path: ['input', 'password'], code }] });
    await expect(check('short')).rejects.toMatchObject(refusal('too_small'));
    await expect(check('passwordpassword')).rejects.toMatchObject(refusal('password_common'));
    expect(asked).toEqual([]);
    await expect(check(password)).rejects.toMatchObject(refusal('password_breached'));
    expect(asked).toEqual([`/range/${prefix}`]);
    await check('another of five words');
  });
});
