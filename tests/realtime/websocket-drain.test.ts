import { createClient } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { holdSessions } from '../support/held-sessions.ts';
import { type ListeningApp, startListeningApp } from '../support/listening-app.ts';
import { type Person, signUp } from '../support/people.ts';
import { openConversation, openSocket, refusedSocket } from '../support/socket-client.ts';
import { followOn } from '../support/socket-stream.ts';
import { rename, UserStream } from '../support/user-stream.ts';

let testApp: ListeningApp & { stop(): Promise<void> };
let ada: Person;
beforeEach(async () => {
  testApp = await startListeningApp();
  ada = await signUp(testApp);
});
afterEach(() => testApp.stop());

const endings = () => testApp.logged.lines.filter(({ msg }) => msg === 'stream');

describe('a server that stops', () => {
  it('closes its sockets so that clients come back, and ends their streams: 1012', async () => {
    const socket = await openConversation(testApp, { token: ada.accessToken });
    await followOn(socket, ada.id, '1');
    const silent = await openSocket(testApp.webSocketUrl);
    await testApp.app.drain(0);
    expect(await socket.closed).toEqual({ code: 1012, reason: 'Service Restart' });
    expect(await silent.closed).toMatchObject({ code: 1012 });
    await expect(socket.nextOf('1')).rejects.toThrow('1012');
    await testApp.logged.line('stream');
    expect(endings()).toHaveLength(1);
  });

  it('takes no new sockets', async () => {
    await testApp.app.drain(0);
    expect(await refusedSocket(testApp.webSocketUrl)).toMatchObject({ status: 503 });
  });

  it('answers first what a client could not ask for again', async () => {
    const socket = await openConversation(testApp, { token: ada.accessToken });
    const release = await holdSessions(testApp);
    const query =
      'mutation { updateProfile(input: { displayName: "Augusta" }) { ... on User { displayName } } }';
    const answered = socket.ask(query, {}, '1');
    socket.send({ type: 'ping' });
    await socket.next();
    await testApp.app.drain(0);
    socket.send({ type: 'subscribe', id: '2', payload: { query: '{ __typename }' } });
    await release();
    expect(await answered).toMatchObject([{ type: 'next' }, { type: 'complete' }]);
    expect(await socket.closed).toMatchObject({ code: 1012 });
    await expect(socket.nextOf('2')).rejects.toThrow('1012');
  });

  it('cuts off whoever does not agree to the close', async () => {
    const socket = await openConversation(testApp);
    socket.webSocket.pause();
    await testApp.app.drain(0);
    expect(await testApp.logged.line('socket')).toMatchObject({ code: 1012 });
  });

  it('hands a graphql-ws client over to another instance', async () => {
    const second = await startListeningApp();
    try {
      const bob = await signUp(second, 'Bob');
      const homes = [
        { url: testApp.webSocketUrl, person: ada },
        { url: second.webSocketUrl, person: bob },
      ];
      let home = homes[0];
      const variables = { id: ada.id };
      const client = createClient({
        url: () => home?.url ?? '',
        webSocketImpl: WebSocket,
        connectionParams: () => ({ authorization: `Bearer ${home?.person.accessToken}` }),
        async retryWait() {
          home = homes[1];
          variables.id = bob.id;
        },
      });
      const closed = new Promise((resolve) => {
        client.on('closed', (event) => resolve((event as { code: number }).code));
      });
      const answers = client.iterate({ query: UserStream.toString(), variables });
      expect(JSON.stringify(await answers.next())).toContain('StreamCaughtUp');
      const next = answers.next();
      await testApp.app.drain(0);
      expect(await closed).toBe(1012);
      expect(JSON.stringify(await next)).toContain('StreamCaughtUp');
      await rename(second, bob, 'Robert');
      // Perhaps it is told first that the account was made.
      while (!JSON.stringify(await answers.next()).includes('Robert'));
      await client.dispose();
    } finally {
      await second.stop();
    }
  });
});
