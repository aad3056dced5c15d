import { once } from 'node:events';
import { setInterval } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { samplePassword } from '../../prisma/seed.ts';
import { graphql } from '../generated/index.ts';
import { askServer, openServerYard, type ServerYard } from '../support/server-process.ts';

let yard: ServerYard;

beforeAll(async () => {
  yard = await openServerYard();
});
afterAll(() => yard.close());

const SignIn = graphql(`
  mutation SignInToBeDrained($input: SignInInput!) {
    signIn(input: $input) {
      ... on AuthPayload { user { id } tokens { accessToken } }
    }
  }
`);

const query = 'subscription Drained($id: ID!) { userChanged(id: $id) { __typename } }';

/** Opens a socket that has said who it is. */
async function openSocket(url: string, accessToken: string) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const closed = once(socket, 'close').then(([code]) => code);
  await once(socket, 'open');
  const payload = { authorization: `Bearer ${accessToken}` };
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  await once(socket, 'message');
  return { closed };
}

/** Opens an event stream and reads it up to where it is live; answers how it goes on. */
async function openStream(url: string, accessToken: string, id: string) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${accessToken}`,
    },
    body: JSON.stringify({ query, variables: { id } }),
  });
  const texts = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const read: string[] = [];
  while (!read.join('').includes('StreamCaughtUp')) read.push(String((await texts?.read())?.value));
  const rest = async () => {
    for (let step = await texts?.read(); step?.done === false; step = await texts?.read()) {
      read.push(step.value);
    }
  };
  return { rest, text: () => read.join('') };
}

it('is not ready any more when it stops, and ends what is open in waves', {
  timeout: 60_000,
}, async () => {
  const server = yard.start({ SHUTDOWN_GRACE_SECONDS: '20' });
  const url = await server.ready();
  const email = 'ada@example.com';
  const { signIn } = await askServer(url, SignIn, { input: { email, password: samplePassword } });
  if (!signIn || !('tokens' in signIn)) throw new Error('The sign-in was refused.');
  const accessToken = signIn.tokens.accessToken ?? '';
  const sockets = await Promise.all(Array.from({ length: 12 }, () => openSocket(url, accessToken)));
  const stream = await openStream(url, accessToken, signIn.user.id);

  server.signal('SIGTERM');
  let readiness: unknown;
  for await (const _ of setInterval(20)) {
    readiness = await (await fetch(`${url}/health/ready`)).json();
    if (readiness && Object(readiness).status !== 'ok') break;
  }
  expect(readiness).toMatchObject({ status: 'unavailable', failing: ['stopping'] });

  // The code that tells clients to come back, elsewhere.
  expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual(
    Array.from({ length: 12 }, () => 1012),
  );
  // An orderly end would tell them that there is nothing more to come.
  await expect(stream.rest()).rejects.toThrow();
  expect(stream.text()).not.toContain('event: complete');
  expect(await server.exited).toBe(0);
});
