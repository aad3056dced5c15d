import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it, vi } from 'vitest';
import { userChanged } from '../../src/modules/user/user.events.ts';
import { appendEvents } from '../../src/platform/event-log/append.ts';
import { useListeningApp } from '../support/listening-app.ts';
import { openStream } from '../support/live-answers.ts';
import { type Person, signIn, signUp } from '../support/people.ts';
import { postGraphql } from '../support/raw-request.ts';
import { settle } from '../support/user-stream.ts';

const testApp = useListeningApp({ USER_LIVE_CONNECTIONS: '1' });

/** Tells more of an event than it is worth, so that a few thousand fill all buffers on the way. */
const selection = Array.from({ length: 29 }, (_, n) => `${'a'.repeat(95)}${n}: cursor`).join(' ');
const replay = (after: string) =>
  `subscription { events(after: "${after}") { ... on EventEnvelope { event { ${selection} } } } }`;

async function readCursor({ accessToken }: Person): Promise<string> {
  const headers = { authorization: `Bearer ${accessToken}` };
  const query = '{ events(topics: []) { cursor } }';
  return JSON.parse((await postGraphql(testApp, { query }, headers)).text).data.events.cursor;
}

/** Asks for an event stream and takes nothing of it but its headers; answers the server's end, too. */
async function openUnread({ accessToken }: Person, query: string) {
  const accepted = Promise.withResolvers<Socket>();
  const take = (message: unknown) => accepted.resolve((message as { socket: Socket }).socket);
  subscribe('net.server.socket', take);
  const asked = request(`${testApp.url}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${accessToken}`,
    },
  }).end(JSON.stringify({ query }));
  const [response] = await once(asked, 'response');
  unsubscribe('net.server.socket', take);
  return { response, serverSocket: await accepted.promise };
}

/** Waits until nothing more goes into the connection. */
async function fill(socket: Socket): Promise<void> {
  let before = -1;
  await vi.waitFor(() => {
    const written = socket.bytesWritten - socket.writableLength;
    const isFull = written === before && socket.writableLength > 0;
    before = written;
    expect(isFull).toBe(true);
  }, 20_000);
}

it('an event stream whose session ends, and whose client reads nothing, is cut off', async () => {
  const phone = await signUp(testApp);
  const laptop = await signIn(testApp, phone);
  const query = replay(await readCursor(phone));
  const changes = Array.from({ length: 4_000 }, () => userChanged(phone.userId, 'UPDATED', []));
  await testApp.database.prisma.$transaction((client) => appendEvents(client, changes));
  // Else they would be told as they happen, of which as many are dropped.
  await settle(testApp, await signUp(testApp, 'Bob'));
  const { response, serverSocket } = await openUnread(phone, query);
  await fill(serverSocket);

  const closed = new Promise((resolve) => serverSocket.once('close', resolve));
  const authorization = `Bearer ${phone.accessToken}`;
  await postGraphql(testApp, { query: 'mutation { signOut { __typename } }' }, { authorization });
  const again = { query: `subscription { userChanged(id: "${phone.id}") { __typename } }` };
  // Nobody has taken that it is over.
  expect((await openStream(testApp, again, laptop)).status).toBe(429);
  await closed;
  const stream = await vi.waitFor(async () => {
    const opened = await openStream(testApp, again, laptop);
    expect(opened.status).toBe(200);
    return opened;
  }, 20_000);
  await stream.leave();
  // The client was not told to be content with what it has.
  await expect(text(response)).rejects.toMatchObject({ code: 'ECONNRESET' });
}, 30_000);
