import { beforeEach, describe, expect, it } from 'vitest';
import { type ListeningApp, useListeningApp } from '../support/listening-app.ts';
import { type Person, signIn, signUp } from '../support/people.ts';
import { bodyOf, postGraphql } from '../support/raw-request.ts';
import { openConversation, type ProtocolSocket } from '../support/socket-client.ts';
import { readEndOfLog } from '../support/socket-stream.ts';
import { followUserOn, nextItem, rename } from '../support/user-stream.ts';

const tokenSeconds = 70;
const testApp: ListeningApp = useListeningApp({ ACCESS_TOKEN_SECONDS: String(tokenSeconds) });

let ada: Person;
beforeEach(async () => {
  ada = await signUp(testApp);
});

const open = (person: Person) => openConversation(testApp, { token: person.accessToken });

/** Refreshes the tokens of a session. */
async function refresh({ refreshToken }: Person) {
  const query = `mutation { refreshSession(input: { refreshToken: "${refreshToken}" }) {
    ... on AuthPayload { tokens { accessToken connectionToken refreshToken accessTokenExpiresAt } } } }`;
  const { data } = bodyOf(await postGraphql(testApp, { query }));
  // biome-ignore lint/suspicious/noExplicitAny: the shape is in the query
  return (data as any).refreshSession.tokens;
}

const document = `mutation Renew($token: String!) { renewConnection(token: $token) {
  ... on ConnectionRenewed { expiresAt }
  ... on InvalidTokenError { code reason }
} }`;

async function renew(socket: ProtocolSocket, token: string): Promise<unknown> {
  const { data } = await socket.askOnce(document, { token });
  return (data as { renewConnection: unknown }).renewConnection;
}

const follow = ({ id }: Person) => `subscription ($after: EventCursor) {
  userChanged(id: "${id}", after: $after) { __typename ... on StreamAuthExpiring { expiresAt } }
}`;

describe('renewConnection', () => {
  it('keeps a socket and its subscriptions past the end of the token it was opened with', async () => {
    testApp.clock.advance(tokenSeconds - 10);
    const socket = await open(ada);
    const payload = { query: follow(ada), variables: { after: await readEndOfLog(socket) } };
    socket.send({ type: 'subscribe', id: '1', payload });
    const told = async () => {
      const { payload: answer } = await socket.nextOf('1');
      return (answer as { data: { userChanged: object } }).data.userChanged;
    };
    expect(await told()).toMatchObject({ __typename: 'StreamAuthExpiring' });
    expect(await told()).toMatchObject({ __typename: 'StreamCaughtUp' });

    const { accessToken, accessTokenExpiresAt: expiresAt } = await refresh(ada);
    expect(await renew(socket, accessToken)).toEqual({ expiresAt });
    // Comes when the first token has ended.
    expect(await told()).toEqual({ __typename: 'StreamAuthExpiring', expiresAt });
    await rename(testApp, { ...ada, accessToken }, 'Augusta');
    expect(await told()).toMatchObject({ __typename: 'EventEnvelope' });
    expect(await socket.askOnce('{ me { id } }')).toEqual({ data: { me: { id: ada.id } } });
    socket.close();
  }, 30_000);

  it('takes the connection token of the session, and answers when that ends', async () => {
    const socket = await open(ada);
    testApp.clock.advance(10);
    const { connectionToken, accessTokenExpiresAt } = await refresh(ada);
    const { expiresAt } = Object(await renew(socket, connectionToken));
    // Tokens count whole seconds, and one may have begun between the two.
    const apartMs = Math.abs(Date.parse(expiresAt) - Date.parse(accessTokenExpiresAt));
    expect(apartMs).toBeLessThanOrEqual(1_000);
    testApp.clock.advance(tokenSeconds - 10);
    expect(await socket.askOnce('{ me { id } }')).toMatchObject({ data: { me: { id: ada.id } } });
    socket.close();
  });

  it('never makes a connection end earlier', async () => {
    testApp.clock.advance(10);
    const { accessToken, accessTokenExpiresAt: expiresAt } = await refresh(ada);
    const socket = await open({ ...ada, accessToken });
    expect(await renew(socket, ada.accessToken)).toEqual({ expiresAt });
    testApp.clock.advance(tokenSeconds - 10);
    expect(await socket.askOnce('{ me { id } }')).toMatchObject({ data: { me: { id: ada.id } } });
    socket.close();
  });

  it('takes no token of another session or another user, nor anything else: INVALID_TOKEN', async () => {
    const socket = await open(ada);
    const bob = await signUp(testApp, 'Bob');
    const phone = await signIn(testApp, ada);
    const unknown = { code: 'INVALID_TOKEN', reason: 'UNKNOWN' };
    for (const token of [phone.accessToken, bob.accessToken, ada.refreshToken, 'none', '']) {
      expect(await renew(socket, token)).toEqual(unknown);
    }
    expect(await socket.askOnce('{ me { id } }')).toEqual({ data: { me: { id: ada.id } } });
    socket.close();
  });

  it('takes no token that has ended: INVALID_TOKEN', async () => {
    testApp.clock.advance(10);
    const fresh = await refresh(ada);
    const socket = await open({ ...ada, accessToken: fresh.accessToken });
    testApp.clock.advance(tokenSeconds - 10);
    expect(await renew(socket, ada.accessToken)).toEqual({
      code: 'INVALID_TOKEN',
      reason: 'EXPIRED',
    });
    socket.close();
  });

  it('has nothing to renew over HTTP: CONNECTION_REQUIRED', async () => {
    const question = { query: document, variables: { token: ada.accessToken } };
    const authorization = `Bearer ${ada.accessToken}`;
    const { errors } = bodyOf(await postGraphql(testApp, question, { authorization }));
    expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(['CONNECTION_REQUIRED']);
  });

  it('is for those who are signed in', async () => {
    const socket = await openConversation(testApp);
    const [answer] = await socket.ask(document, { token: ada.accessToken });
    expect(JSON.stringify(answer)).toContain('UNAUTHENTICATED');
    socket.close();
  });
});

describe('StreamAuthExpiring', () => {
  it('is told over an event stream, which ends with its token', async () => {
    testApp.clock.advance(tokenSeconds - 8);
    const stream = await followUserOn(testApp, ada.id, ada);
    expect(await nextItem(stream)).toEqual({ __typename: 'StreamAuthExpiring' });
    expect(await nextItem(stream)).toMatchObject({ __typename: 'StreamCaughtUp' });
    const last = await stream.next();
    expect(last?.errors?.map(({ extensions }) => extensions?.code)).toEqual(['UNAUTHENTICATED']);
    expect(await stream.next()).toBeNull();
  });
});
