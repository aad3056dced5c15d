import { createClient } from 'graphql-ws';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { holdSessions } from '../support/held-sessions.ts';
import { useListeningApp } from '../support/listening-app.ts';
import { type Person, signIn, signUp } from '../support/people.ts';
import { bodyOf, postGraphql } from '../support/raw-request.ts';
import { openConversation } from '../support/socket-client.ts';
import { followOn, readEndOfLog } from '../support/socket-stream.ts';
import { rename, UserStream } from '../support/user-stream.ts';

const testApp = useListeningApp({ ACCESS_TOKEN_SECONDS: '60' });

let ada: Person;
beforeEach(async () => {
  ada = await signUp(testApp);
});

const open = (person: Person) => openConversation(testApp, { token: person.accessToken });

const signOut = (person: Person) =>
  postGraphql(
    testApp,
    { query: 'mutation { signOut { __typename } }' },
    { authorization: `Bearer ${person.accessToken}` },
  );

async function refresh({ refreshToken }: Person): Promise<string> {
  const query = `mutation { refreshSession(input: { refreshToken: "${refreshToken}" }) {
    ... on AuthPayload { tokens { accessToken } } } }`;
  const data: unknown = bodyOf(await postGraphql(testApp, { query })).data;
  return (data as { refreshSession: { tokens: { accessToken: string } } }).refreshSession.tokens
    .accessToken;
}

describe('the end of a token', () => {
  it('closes its socket and ends no operation, so that clients take them up again: 4403', async () => {
    testApp.clock.advance(52);
    const socket = await open(ada);
    await followOn(socket, ada.id, '1');
    const idle = await open(ada);
    expect(await socket.closed).toEqual({ code: 4403, reason: 'token expired' });
    expect(await idle.closed).toEqual({ code: 4403, reason: 'token expired' });
    await expect(socket.nextOf('1')).rejects.toThrow('4403');
  });

  it('is waited with for an answer that a client could not ask for again', async () => {
    testApp.clock.advance(52);
    const endsAt = testApp.clock.now().getTime() + 8_000;
    const socket = await open(ada);
    await followOn(socket, ada.id, '1');
    const release = await holdSessions(testApp);
    const mutation =
      'mutation { updateProfile(input: { displayName: "Augusta" }) { ... on User { displayName } } }';
    const answered = socket.ask(mutation, {}, '2');
    await vi.waitFor(() => expect(testApp.clock.now().getTime()).toBeGreaterThan(endsAt), 15_000);
    await release();
    expect(await answered).toMatchObject([{ type: 'next' }, { type: 'complete' }]);
    expect(await socket.closed).toMatchObject({ code: 4403 });
    await expect(socket.nextOf('1')).rejects.toThrow('4403');
  });

  it('closes the socket whatever is asked then: 4403', async () => {
    const socket = await open(ada);
    testApp.clock.advance(61);
    await expect(socket.ask('{ me { id } }')).rejects.toThrow('4403');
  });

  it('closes the socket instead of an event: 4403', async () => {
    const socket = await open(ada);
    await followOn(socket, ada.id, '1');
    testApp.clock.advance(61);
    await rename(testApp, await signIn(testApp, ada), 'Augusta');
    await expect(socket.nextOf('1')).rejects.toThrow('4403');
  });

  it('loses a client nothing that comes back with a fresh one', async () => {
    let { accessToken } = ada;
    testApp.clock.advance(52);
    const first = await open(ada);
    const variables = { id: ada.id, after: await readEndOfLog(first) };
    first.close();
    const closings: unknown[] = [];
    const client = createClient({
      url: testApp.webSocketUrl,
      webSocketImpl: WebSocket,
      connectionParams: () => ({ authorization: `Bearer ${accessToken}` }),
      async retryWait() {
        await rename(testApp, await signIn(testApp, ada), 'while it is away');
        accessToken = await refresh(ada);
      },
      on: { closed: (event) => closings.push((event as { code: number }).code) },
    });
    const told: unknown[] = [];
    const answers = client.iterate<{ userChanged: StreamedItem }>({
      query: UserStream.toString(),
      variables,
    });
    for await (const { data, errors } of answers) {
      expect(errors).toBeUndefined();
      const item = data?.userChanged;
      if (item?.__typename === 'StreamAuthExpiring') continue;
      variables.after = item?.cursor ?? item?.event?.cursor ?? '';
      const name = item?.event?.user.displayName;
      if (name !== undefined) told.push(name);
      else if (told.length === 0) await rename(testApp, await signIn(testApp, ada), 'before');
      if (name === 'while it is away') await rename(testApp, await signIn(testApp, ada), 'after');
      if (name === 'after') break;
    }
    expect(told).toEqual(['before', 'while it is away', 'after']);
    expect(closings).toEqual([4403]);
    await client.dispose();
  });
});

interface StreamedItem {
  __typename: string;
  cursor?: string;
  event?: { cursor: string; user: { displayName: string } };
}

describe('the end of a session', () => {
  it('closes a socket and what streams over it: 4401', async () => {
    const socket = await open(ada);
    await followOn(socket, ada.id, '1');
    await signOut(ada);
    expect(await socket.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
  });

  it('leaves the sockets of other sessions alone', async () => {
    const other = await open(await signIn(testApp, ada));
    await signOut(ada);
    expect(await other.askOnce('{ me { id } }')).toEqual({ data: { me: { id: ada.id } } });
    other.close();
  });
});
