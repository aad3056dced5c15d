import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll } from 'vitest';
import { bindHttpServer } from '../../src/server/http-server.ts';
import { openSocket } from './raw-socket.ts';
import type { TestApp } from './test-app.ts';

/** Header fields in the order in which they are sent; each may come more than once. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** A request as it is written. */
export interface WrittenRequest {
  /** Method and target. */
  target?: string;
  headers?: HeaderList;
  body?: string | Buffer;
}

/** An answer as it was read, without what differs from one to the next of the same request. */
export interface ReadAnswer {
  status: string;
  headers: string[];
  body: string;
}

/** One instance behind two sockets: with the short way in, and without it. */
export interface TwoWays {
  /** Sends a request to either, in this order. */
  send(request: WrittenRequest): Promise<{ short: ReadAnswer; long: ReadAnswer }>;
  /** Sends part of a request to either, and leaves. */
  breakOff(part: string): Promise<void>;
  /** How many requests took the short way so far. */
  taken(): number;
}

/** Puts an instance behind two sockets for a test file; answers what is filled in by then. */
export function useTwoWays(testApp: TestApp): TwoWays {
  const running: Partial<TwoWays> & { stop?: () => Promise<void> } = {};
  beforeAll(async () => void Object.assign(running, await openTwoWays(testApp)));
  afterAll(() => running.stop?.());
  return running as TwoWays;
}

async function openTwoWays({ app }: TestApp): Promise<TwoWays & { stop(): Promise<void> }> {
  let taken = 0;
  const answerPost: typeof app.answerPost = async (request) => {
    const answer = await app.answerPost(request);
    if (answer !== null) taken += 1;
    return answer;
  };
  const { respond, upgrade } = app;
  const address = { host: '127.0.0.1', port: 0 };
  const short = await bindHttpServer(address, respond);
  short.serve({ respond, upgrade, answerPost });
  const long = await bindHttpServer(address, respond);
  long.serve({ respond, upgrade });
  return {
    async send(request) {
      return { short: await ask(short.port, request), long: await ask(long.port, request) };
    },
    async breakOff(part) {
      for (const { port } of [short, long]) {
        const socket = connect(port, '127.0.0.1');
        await once(socket, 'connect');
        await new Promise((resolve) => socket.write(part, resolve));
        socket.destroy();
      }
    },
    taken: () => taken,
    async stop() {
      await short.stop(0);
      await long.stop(0);
    },
  };
}

async function ask(port: number, request: WrittenRequest): Promise<ReadAnswer> {
  const { target = 'POST /graphql', headers = [], body = '' } = request;
  const has = (wanted: string) => headers.some(([name]) => name.toLowerCase() === wanted);
  const all = [
    ...(has('host') ? [] : [['Host', '127.0.0.1:4000']]),
    ...headers,
    ...(has('content-length') || has('transfer-encoding')
      ? []
      : [['Content-Length', String(Buffer.byteLength(body))]]),
    ['Connection', 'close'],
  ];
  const socket = await openSocket(port);
  socket.write(`${target} HTTP/1.1\r\n${all.map((pair) => `${pair.join(': ')}\r\n`).join('')}\r\n`);
  socket.write(body);
  return read(await socket.answered);
}

const changing = /^(?:date|x-request-id|server-timing):/i;
const requestId = /"requestId":"[\da-f-]{36}"/g;

function read(text: string): ReadAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [status = '', ...headers] = head.split('\r\n');
  return {
    status,
    headers: headers.filter((line) => !changing.test(line)).sort(),
    body: rest.join('\r\n\r\n').replace(requestId, '"requestId":"…"'),
  };
}
