import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { useListeningApp } from '../support/listening-app.ts';
import { openStream } from '../support/live-answers.ts';
import { type Person, signUp } from '../support/people.ts';
import { codesIn, openConversation, openSocket } from '../support/socket-client.ts';

const testApp = useListeningApp({ USER_LIVE_CONNECTIONS: '2', USER_LIVE_COST: '100' });

let ada: Person;
beforeEach(async () => {
  ada = await signUp(testApp);
});

/** Opens a socket that may be refused. */
async function tryToOpen({ accessToken }: Person) {
  const socket = await openSocket(testApp.webSocketUrl);
  socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${accessToken}` } });
  return socket;
}

const follow = ({ id }: Person) => ({
  query: `subscription { userChanged(id: "${id}") { __typename } }`,
});

describe('a user who may hold two connections open', () => {
  it('is refused a third, whichever they are, and may open another once one is left', async () => {
    const socket = await openConversation(testApp, { token: ada.accessToken });
    const stream = await openStream(testApp, follow(ada), ada);
    await stream.nextData();
    const third = await tryToOpen(ada);
    expect(await third.closed).toEqual({ code: 1008, reason: 'Too many connections' });
    const refused = await openStream(testApp, follow(ada), ada);
    expect(refused.status).toBe(429);
    const [error] = (await refused.next())?.errors ?? [];
    expect(error?.extensions?.code).toBe('CONNECTION_LIMIT_EXCEEDED');

    await stream.leave();
    await vi.waitFor(async () => {
      const again = await tryToOpen(ada);
      expect((await again.next()).type).toBe('connection_ack');
    }, 20_000);
    socket.close();
  });

  it('leaves those of others alone', async () => {
    await openConversation(testApp, { token: ada.accessToken });
    await openConversation(testApp, { token: ada.accessToken });
    const bob = await signUp(testApp, 'Bob');
    await openConversation(testApp, { token: bob.accessToken });
  });
});

/** Costs more than half of what a user may follow. */
const followAll = ({ id }: Person) => {
  const pages = 'user { sessions(first: 10) { nodes { id } } }';
  const told = `... on EventEnvelope { event { ... on UserChanged { ${pages} } } }`;
  return { query: `subscription { userChanged(id: "${id}") { __typename ${told} } }` };
};

describe('a user whose subscriptions cost as much as they may', () => {
  it('is refused another on any connection until one is over: OPERATION_LIMIT_EXCEEDED', async () => {
    const socket = await openConversation(testApp, { token: ada.accessToken });
    const subscribe = async (id: string) => {
      socket.send({ type: 'subscribe', id, payload: followAll(ada) });
      return socket.nextOf(id);
    };
    expect(await subscribe('first')).toMatchObject({ type: 'next' });
    expect(codesIn(await subscribe('second'))).toEqual(['OPERATION_LIMIT_EXCEEDED']);
    const refused = await openStream(testApp, followAll(ada), ada);
    expect(refused.status).toBe(429);
    const [error] = (await refused.next())?.errors ?? [];
    expect(error?.extensions).toEqual({ code: 'OPERATION_LIMIT_EXCEEDED', limit: 100 });

    socket.send({ type: 'complete', id: 'first' });
    const stream = await vi.waitFor(async () => {
      const again = await openStream(testApp, followAll(ada), ada);
      expect(again.status).toBe(200);
      return again;
    }, 20_000);
    await stream.nextData();
    await stream.leave();
    await vi.waitFor(async () => {
      const again = await subscribe(randomUUID());
      expect(again).toMatchObject({ type: 'next' });
    }, 20_000);
    socket.close();
  });

  it('takes no room from others, nor by what is refused', async () => {
    const socket = await openConversation(testApp, { token: ada.accessToken });
    const bob = await signUp(testApp, 'Bob');
    for (const id of ['1', '2', '3']) {
      socket.send({ type: 'subscribe', id, payload: followAll(bob) });
      expect(codesIn(await socket.nextOf(id))).toEqual(['FORBIDDEN']);
    }
    socket.send({ type: 'subscribe', id: 'own', payload: followAll(ada) });
    expect(await socket.nextOf('own')).toMatchObject({ type: 'next' });
    const stream = await openStream(testApp, followAll(bob), bob);
    await stream.nextData();
    await stream.leave();
    socket.close();
  });
});
