import { beforeEach, describe, expect, it } from 'vitest';
import { holdSessions } from '../support/held-sessions.ts';
import { useListeningApp } from '../support/listening-app.ts';
import { type Person, signUp } from '../support/people.ts';
import { codesIn, openConversation, type ProtocolSocket } from '../support/socket-client.ts';
import { followOn } from '../support/socket-stream.ts';
import { rename, UserStream } from '../support/user-stream.ts';

const testApp = useListeningApp({ WEBSOCKET_MAX_OPERATIONS: '3' });

let ada: Person;
let socket: ProtocolSocket;
beforeEach(async () => {
  ada = await signUp(testApp);
  socket = await openConversation(testApp, { token: ada.accessToken });
  testApp.logged.lines.length = 0;
  return () => socket.close();
});

const me = '{ me { displayName } }';

function subscribe(id: string, query = UserStream.toString()): void {
  socket.send({ type: 'subscribe', id, payload: { query, variables: { id: ada.id } } });
}

const leave = (id: string) => socket.send({ type: 'complete', id });

/** Subscribes from the end of the log and waits until the stream is live. */
const follow = (id: string) => followOn(socket, ada.id, id);

/** Waits until the server has read all that was sent. */
async function read(): Promise<void> {
  socket.send({ type: 'ping' });
  await socket.next();
}

/** Waits until the log has told of so many streams that they are over. */
async function endedStreams(count: number): Promise<unknown[]> {
  const { lines, nextLine } = testApp.logged;
  const find = () => lines.filter(({ msg }) => msg === 'stream');
  while (find().length < count) await nextLine();
  return find().map(({ answers }) => answers);
}

describe('a subscription', () => {
  it('tells of events until it is left', async () => {
    await follow('1');
    await rename(testApp, ada, 'Augusta');
    expect(await socket.nextOf('1')).toMatchObject({
      type: 'next',
      payload: { data: { userChanged: { event: { user: { displayName: 'Augusta' } } } } },
    });
    leave('1');
    expect(await endedStreams(1)).toEqual([2]);
    await rename(testApp, ada, 'Ada');
    // Nothing more is said of it, not even that it is over.
    expect(await socket.ask(me, {}, '1')).toMatchObject([{ type: 'next' }, { type: 'complete' }]);
  });

  it('goes on beside others that are left, refused and answered', async () => {
    await follow('1');
    await follow('2');
    subscribe('3', '{ nothing }');
    leave('2');
    expect(codesIn(await socket.nextOf('3'))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    await rename(testApp, ada, 'Augusta');
    expect(await socket.nextOf('1')).toMatchObject({ type: 'next' });
  });

  it('that is not allowed is refused, and the socket goes on: FORBIDDEN', async () => {
    const bob = await signUp(testApp, 'Bob');
    const said = await socket.ask(UserStream.toString(), { id: bob.id }, '1');
    expect(said).toHaveLength(1);
    expect(codesIn(said[0])).toEqual(['FORBIDDEN']);
    await follow('1');
  });

  it('of a stranger is refused, and the socket goes on: UNAUTHENTICATED', async () => {
    const stranger = await openConversation(testApp);
    const said = await stranger.ask(UserStream.toString(), { id: ada.id }, '1');
    expect(said).toHaveLength(1);
    expect(codesIn(said[0])).toEqual(['UNAUTHENTICATED']);
    await stranger.askOnce('{ __typename }');
    stranger.close();
  });

  it('ends when its socket is cut off', async () => {
    await follow('1');
    socket.webSocket.terminate();
    expect(await endedStreams(1)).toEqual([1]);
  });

  it('that was left before it began leaves nothing behind', async () => {
    const release = await holdSessions(testApp);
    subscribe('1');
    await read();
    leave('1');
    await read();
    await release();
    expect(await endedStreams(1)).toEqual([0]);
    await follow('1');
  });

  it('whose socket is gone before it began leaves nothing behind', async () => {
    const release = await holdSessions(testApp);
    subscribe('1');
    await read();
    socket.webSocket.terminate();
    await testApp.logged.line('socket');
    await release();
    expect(await endedStreams(1)).toEqual([0]);
  });
});

describe('an id', () => {
  it.each(['x', 'x'.repeat(128)])('that is in use closes the socket: 4409', async (id) => {
    await follow(id);
    subscribe(id, me);
    expect(await socket.closed).toMatchObject({ code: 4409 });
    expect(await endedStreams(1)).toEqual([1]);
  });

  it('that is in use is not free for a request that is not whole: 4409', async () => {
    await follow('1');
    socket.send({ type: 'subscribe', id: '1', payload: {} });
    expect(await socket.closed).toMatchObject({ code: 4409 });
  });

  it('is free as soon as its operation is left', async () => {
    await follow('1');
    leave('1');
    subscribe('1');
    leave('1');
    subscribe('1', me);
    expect(await socket.nextOf('1')).toMatchObject({ payload: { data: { me: {} } } });
    expect(await socket.nextOf('1')).toEqual({ id: '1', type: 'complete' });
  });

  it('is not answered with what was asked under it before', async () => {
    const release = await holdSessions(testApp);
    subscribe('1', '{ me { id } }');
    await read();
    leave('1');
    subscribe('1', me);
    await read();
    await release();
    expect(await socket.nextOf('1')).toMatchObject({
      payload: { data: { me: { displayName: ada.displayName } } },
    });
    expect(await socket.nextOf('1')).toEqual({ id: '1', type: 'complete' });
  });
});

describe('the operations of a socket', () => {
  it('are limited: OPERATION_LIMIT_EXCEEDED', async () => {
    for (const id of ['1', '2', '3']) await follow(id);
    const said = await socket.ask(me, {}, '4');
    expect(said).toEqual([
      {
        id: '4',
        type: 'error',
        payload: [
          {
            message: 'Too many operations run on this socket.',
            extensions: { code: 'OPERATION_LIMIT_EXCEEDED', limit: 3 },
          },
        ],
      },
    ]);
    leave('1');
    await endedStreams(1);
    await socket.askOnce(me);
    const other = await openConversation(testApp, { token: ada.accessToken });
    await other.askOnce(me);
    other.close();
  });

  it('count for as long as they run, though their client has left them', async () => {
    const release = await holdSessions(testApp);
    for (const id of ['1', '2', '3']) {
      subscribe(id, me);
      await read();
      leave(id);
    }
    const [error] = await socket.ask(me, {}, '4');
    expect(codesIn(error)).toEqual(['OPERATION_LIMIT_EXCEEDED']);
    await release();
    while (testApp.logged.lines.filter(({ msg }) => msg === 'operation').length < 3) {
      await testApp.logged.nextLine();
    }
    await read();
    await socket.askOnce(me);
  });
});
