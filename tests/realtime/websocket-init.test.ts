import { beforeEach, describe, expect, it } from 'vitest';
import { useListeningApp } from '../support/listening-app.ts';
import { type Person, signUp, suspend } from '../support/people.ts';
import { bodyOf, postGraphql } from '../support/raw-request.ts';
import { openConversation, openSocket } from '../support/socket-client.ts';

const testApp = useListeningApp();

let ada: Person;
beforeEach(async () => {
  ada = await signUp(testApp);
});

const me = '{ me { id } }';

async function connectionTokenOf({ refreshToken }: Person): Promise<string> {
  const query = `mutation { refreshSession(input: { refreshToken: "${refreshToken}" }) {
    ... on AuthPayload { tokens { connectionToken } } } }`;
  const data: unknown = bodyOf(await postGraphql(testApp, { query })).data;
  return (data as { refreshSession: { tokens: { connectionToken: string } } }).refreshSession.tokens
    .connectionToken;
}

/** Opens a socket and sends the message that opens the conversation. */
async function init(payload: unknown) {
  const socket = await openSocket(testApp.webSocketUrl);
  socket.send({ type: 'connection_init', payload });
  return socket;
}

describe('connection_init', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
    ['null as authorization', { authorization: null }],
    ['something else', { token: 'x' }],
  ])('with %s lets a stranger in', async (_description, payload) => {
    const socket = await init(payload);
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    expect(await socket.askOnce(me)).toEqual({ data: { me: null } });
    socket.close();
  });

  it.each(['authorization', 'Authorization', 'AUTHORIZATION'])(
    'takes an access token as %s',
    async (name) => {
      const socket = await init({ [name]: `Bearer ${ada.accessToken}` });
      expect(await socket.next()).toEqual({ type: 'connection_ack' });
      expect(await socket.askOnce(me)).toEqual({ data: { me: { id: ada.id } } });
      socket.close();
    },
  );

  it('takes a connection token, and goes on when that has ended', async () => {
    const token = await connectionTokenOf(ada);
    const socket = await openConversation(testApp, { token });
    testApp.clock.advance(45);
    expect(await socket.askOnce(me)).toEqual({ data: { me: { id: ada.id } } });
    const late = await init({ authorization: `Bearer ${token}` });
    expect(await late.closed).toEqual({ code: 4403, reason: 'token expired' });
    socket.close();
  });

  it('with an access token that has ended is closed for a fresh one: 4403', async () => {
    testApp.clock.advance(601);
    const socket = await init({ authorization: `Bearer ${ada.accessToken}` });
    expect(await socket.closed).toEqual({ code: 4403, reason: 'token expired' });
  });

  it('with the token of a session that has ended is closed for good: 4401', async () => {
    const query = 'mutation { signOut { __typename } }';
    await postGraphql(testApp, { query }, { authorization: `Bearer ${ada.accessToken}` });
    const socket = await init({ authorization: `Bearer ${ada.accessToken}` });
    expect(await socket.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
  });

  it('with the token of a suspended account is closed for good: 4401', async () => {
    await suspend(testApp, ada);
    const socket = await init({ authorization: `Bearer ${ada.accessToken}` });
    expect(await socket.closed).toMatchObject({ code: 4401 });
  });

  it.each([
    ['an empty text', ''],
    ['garbage', 'garbage'],
    ['the scheme alone', 'Bearer '],
    ['another scheme', 'Basic dXNlcjpwYXNz'],
    ['a token that nobody signed', 'Bearer a.b.c'],
    ['a very long token', `Bearer ${'x'.repeat(100_000)}`],
  ])('with %s is closed for good: 4401', async (_description, authorization) => {
    const socket = await init({ authorization });
    expect(await socket.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
  });

  it.each([
    ['a number as authorization', { authorization: 5 }],
    ['a list as authorization', { authorization: ['Bearer x'] }],
    ['an object as authorization', { authorization: { bearer: 'x' } }],
    ['two authorizations', { authorization: 'Bearer x', Authorization: 'Bearer y' }],
    ['a text', 'Bearer x'],
    ['a list', ['Bearer x']],
  ])('with %s is closed: 4400', async (_description, payload) => {
    const socket = await init(payload);
    expect(await socket.closed).toMatchObject({ code: 4400 });
  });

  it('that comes twice is closed: 4429', async () => {
    const socket = await openConversation(testApp);
    socket.send({ type: 'connection_init' });
    expect(await socket.closed).toMatchObject({ code: 4429 });
  });

  it.each(['before it is sent', 'before it is acknowledged'])(
    'is closed when an operation comes %s: 4401',
    async (when) => {
      const socket = await openSocket(testApp.webSocketUrl);
      if (when === 'before it is acknowledged') {
        const payload = { authorization: `Bearer ${ada.accessToken}` };
        socket.send({ type: 'connection_init', payload });
      }
      socket.send({ type: 'subscribe', id: '1', payload: { query: '{ __typename }' } });
      expect(await socket.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
    },
  );

  it('asks the client to come back when nobody can tell who calls: 1013', async () => {
    const { prisma } = testApp.database;
    await prisma.$executeRaw`ALTER TABLE session RENAME TO session_away`;
    try {
      const socket = await init({ authorization: `Bearer ${ada.accessToken}` });
      expect(await socket.closed).toEqual({ code: 1013, reason: 'Try Again Later' });
      const { fault } = await testApp.logged.line('Who calls over a socket is not known.');
      expect(JSON.stringify(fault)).not.toContain(ada.accessToken);
    } finally {
      await prisma.$executeRaw`ALTER TABLE session_away RENAME TO session`;
    }
    const socket = await openConversation(testApp, { token: ada.accessToken });
    expect(await socket.askOnce(me)).toEqual({ data: { me: { id: ada.id } } });
    socket.close();
  });
});

describe('a socket that says nothing', () => {
  const impatient = useListeningApp({ WEBSOCKET_INIT_TIMEOUT_MS: '100' });

  it('is closed: 4408', async () => {
    const socket = await openSocket(impatient.webSocketUrl);
    expect(await socket.closed).toMatchObject({ code: 4408 });
  });
});

describe('the log', () => {
  it('tells how a socket ended, and nothing that it was opened with', async () => {
    const socket = await openConversation(testApp, { token: ada.accessToken });
    await socket.askOnce(me);
    socket.close();
    await socket.closed;
    const { lines, nextLine, text } = testApp.logged;
    const find = () =>
      lines.find(({ msg, viewerId }) => msg === 'socket' && viewerId === ada.userId);
    while (!find()) await nextLine();
    expect(find()).toMatchObject({ level: 20, code: 1000, operations: 1 });
    expect(text()).not.toContain(ada.accessToken);
  });
});
