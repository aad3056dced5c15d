import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { useAttackedProcess } from '../support/attacked-process.ts';
import { post } from '../support/http-transports.ts';
import type { Question } from '../support/transport.ts';

const server = useAttackedProcess();

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** Posts many questions, ten at a time. */
async function flood(count: number, ask: (index: number) => Question): Promise<void> {
  for (let at = 0; at < count; at += 10) {
    const asked = times(10, (next) => post.ask(server.url, ask(at + next)));
    for (const { status } of await Promise.all(asked)) expect(status).toBeLessThan(500);
  }
}

/** Posts bytes as they are. */
async function postBytes(body: Buffer, headers: Record<string, string> = {}) {
  const posting = request(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close', ...headers },
  });
  // The server may refuse before it has read all.
  posting.on('error', () => {});
  posting.end(body);
  const [response] = await once(posting, 'response');
  return { status: Number(response.statusCode), text: await text(response).catch(() => '') };
}

/** Writes bytes on many connections at once, and reads nothing. */
async function openMany(count: number, bytes: string): Promise<() => void> {
  const sockets = times(count, () => connect(server.port, '127.0.0.1').pause());
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  for (const socket of sockets) socket.on('error', () => {}).write(bytes);
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}

describe('a flood of documents, each another one', () => {
  const tooDeep = `${'a{'.repeat(11)}a${'}'.repeat(11)}`;
  it.each<[string, number, (index: number) => string]>([
    ['too deep and as long as allowed', 400, (at) => `{ ${'a '.repeat(1950)} ${tooDeep} } #${at}`],
    ['with the most to find fault with', 100, (at) => `{a b c d e f g h i j k#${at}\n}`],
    [
      'with the most to compare',
      150,
      (at) => `{ ${times(99, (id) => `node(id:${id}){id}`).join(' ')} } #${at}`,
    ],
    ['that are valid', 100, (at) => `{ me { ${'id '.repeat(1900)} } } #${at}`],
    ['that break off', 200, (at) => `{ ${'a{b '.repeat(450)} #${at}`],
  ])('takes little memory: %s', async (_name, count, write) => {
    await server.during(() => flood(count, (at) => ({ query: write(at) })));
  });
});

describe('a packed body', () => {
  const zeros = Buffer.alloc(16 * 1024 * 1024, '0');
  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['gzip, gzip', (bytes: Buffer) => gzipSync(gzipSync(bytes))],
  ])('is not unpacked, by %s: 415', async (encoding, pack) => {
    const bomb = pack(zeros);
    await server.during(async () => {
      const answers = await Promise.all(
        times(20, () => postBytes(bomb, { 'content-encoding': encoding })),
      );
      expect(answers.map(({ status }) => status)).toEqual(times(20, () => 415));
    });
  });
});

describe('a large body', () => {
  const mebibyte = 1024 * 1024;
  it.each<[string, string]>([
    ['lists in lists', '['.repeat(mebibyte)],
    ['objects in objects', '{"a":'.repeat(mebibyte / 5)],
    [
      'variables with lists in lists',
      `{"query":"{ __typename }","variables":{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}}`,
    ],
    [
      'variables with objects in objects',
      `{"query":"{ __typename }","variables":{"a":${'{"":'.repeat(200_000)}1${'}'.repeat(200_000)}}}`,
    ],
    [
      'many variables',
      `{"query":"{ __typename }","variables":{${times(80_000, (at) => `"a${at}":1`)}}}`,
    ],
    ['a long list', `{"query":"{ __typename }","variables":{"a":[${'1,'.repeat(500_000)}1]}}`],
    ['a long text', `{"query":"{ __typename }","variables":{"a":"${'x'.repeat(1_000_000)}"}}`],
    ['a long document', `{"query":"${'{'.repeat(1_000_000)}"}`],
    ['a long name', `{"query":"{ __typename }","operationName":"${'x'.repeat(1_000_000)}"}`],
    ['a list of requests', `[${'{},'.repeat(300_000)}{}]`],
    ['no UTF-8', '\u00ff'.repeat(mebibyte)],
  ])('is answered or refused: %s', async (_name, body) => {
    const bytes = Buffer.from(body, 'latin1');
    await server.during(async () => {
      for (const { status } of await Promise.all(times(5, () => postBytes(bytes)))) {
        expect(status).toBeLessThan(500);
      }
    });
  });
});

describe('many connections', () => {
  const host = 'Host: 127.0.0.1\r\n';
  const query = encodeURIComponent('{ __schema { types { name fields { name description } } } }');
  it.each([
    ['never end their headers', `POST /graphql HTTP/1.1\r\n${host}`],
    [
      'never end a body',
      `POST /graphql HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{`,
    ],
    [
      'never end a chunk',
      `POST /graphql HTTP/1.1\r\n${host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n{`,
    ],
    ['send thousands of headers', `GET /health HTTP/1.1\r\n${host}${'a:b\r\n'.repeat(3000)}\r\n`],
    ['ask much and read nothing', `GET /graphql?query=${query} HTTP/1.1\r\n${host}\r\n`.repeat(3)],
    [
      'begin a WebSocket and say nothing',
      `GET /graphql HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    ],
  ])('do not keep others from being answered that %s', async (_name, bytes) => {
    let leave = () => {};
    await server.during(async () => {
      leave = await openMany(100, bytes);
    });
    leave();
  });
});

it('leaves nothing behind in the memory of the process', async () => {
  // Most of what it takes is the embedded database.
  expect(await server.grownBy()).toBeLessThan(400);
});
