import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { messageReceived } from '../../src/modules/message/message.events.ts';
import { appendEvents } from '../../src/platform/event-log/append.ts';
import { graphql } from '../generated/index.ts';
import { useListeningApp } from '../support/listening-app.ts';
import { type LiveAnswers, subscribe } from '../support/live-answers.ts';
import { broadcast, giveRole, takeRole, write } from '../support/messages.ts';
import { type Person, signUp, signUpAdmin } from '../support/people.ts';
import { ask } from '../support/request.ts';
import { codesIn, openConversation } from '../support/socket-client.ts';
import { watchStatements } from '../support/statements.ts';
import { useTestApp } from '../support/test-app.ts';
import { settle } from '../support/user-stream.ts';

const MessageReceived = graphql(`
  subscription MessageReceived($channel: String) {
    messageReceived(channel: $channel) { body sender { id } recipient { id } channel }
  }
`);
const Bodies = graphql(`
  subscription MessageBodies($channel: String) { messageReceived(channel: $channel) { body } }
`);
const SignOut = graphql(`
  mutation MessageReceivedSignOut { signOut { __typename } }
`);

describe('messageReceived', () => {
  const testApp = useTestApp();
  let ada: Person;
  let bob: Person;
  let admin: Person;
  beforeEach(async () => {
    ada = await signUp(testApp, 'Ada');
    bob = await signUp(testApp, 'Bob');
    admin = await signUpAdmin(testApp);
    await settle(testApp, bob);
  });
  const listen = (by: Person, channel: string | null = null) =>
    subscribe(testApp, Bodies, { channel }, by);
  const say = (channel: string, body: string) => broadcast(testApp, admin, { channel, body });
  const nextBody = async (stream: Awaited<ReturnType<typeof listen>>) =>
    (await stream.nextData()).messageReceived.body;
  const expectEnd = async (stream: LiveAnswers<unknown>, code: string) => {
    const answer = await stream.next();
    expect(answer?.data ?? null).toBeNull();
    expect(answer?.errors).toMatchObject([{ extensions: { code } }]);
    expect(await stream.next()).toBeNull();
  };

  it('tells of direct messages to the viewer, and of nothing else', async () => {
    await write(testApp, ada, bob, 'before');
    // The instance tells what it has not read yet.
    await settle(testApp, bob);
    const stream = await subscribe(testApp, MessageReceived, {}, bob);
    await write(testApp, bob, ada, 'from the viewer');
    await write(testApp, ada, admin, 'to somebody else');
    await say('broadcast', 'to all');
    await write(testApp, ada, bob, 'to the viewer');
    expect(await stream.nextData()).toEqual({
      messageReceived: {
        body: 'to the viewer',
        sender: { id: ada.id },
        recipient: { id: bob.id },
        channel: null,
      },
    });
    await stream.leave();
  });

  it('tells of a channel, and of nothing else', async () => {
    await giveRole(testApp, bob, 'crew');
    const [toAll, toCrew] = [await listen(bob, 'broadcast'), await listen(bob, 'role:crew')];
    await write(testApp, ada, bob, 'to Bob');
    await say('role:crew', 'to the crew');
    await say('broadcast', 'to all');
    expect(await nextBody(toAll)).toBe('to all');
    expect(await nextBody(toCrew)).toBe('to the crew');
    await toAll.leave();
    await toCrew.leave();
  });

  it('leaves out a message that is gone before it is told', async () => {
    const stream = await listen(bob);
    await testApp.database.prisma.$transaction((transaction) =>
      appendEvents(transaction, [messageReceived(randomUUID(), { userId: bob.userId })]),
    );
    await write(testApp, ada, bob, 'still there');
    expect(await nextBody(stream)).toBe('still there');
    await stream.leave();
  });

  it('is refused for channels that the viewer does not read, be they there or not: FORBIDDEN', async () => {
    await giveRole(testApp, ada, 'crew');
    for (const channel of ['role:crew', 'role:nobody', 'role:', 'crew', '', 'a\0b']) {
      await expectEnd(await listen(bob, channel), 'FORBIDDEN');
    }
  });

  it.each([null, 'broadcast', 'role:user'])(
    'is refused to strangers: UNAUTHENTICATED, %s',
    async (channel) => {
      const stream = await subscribe(testApp, Bodies, { channel });
      await expectEnd(stream, 'UNAUTHENTICATED');
    },
  );

  it('ends with the next message once the role is taken away: FORBIDDEN', async () => {
    await giveRole(testApp, bob, 'crew');
    const stream = await listen(bob, 'role:crew');
    await say('role:crew', 'first');
    expect(await nextBody(stream)).toBe('first');
    await takeRole(testApp, bob, 'crew');
    await say('role:crew', 'second');
    await expectEnd(stream, 'FORBIDDEN');
  });

  it('ends once the session has ended: UNAUTHENTICATED', async () => {
    const stream = await listen(bob);
    await ask(testApp, SignOut, {}, bob);
    await write(testApp, ada, bob, 'too late');
    await expectEnd(stream, 'UNAUTHENTICATED');
  });

  it('reads a message once for all who hear of it', async () => {
    // The telling of an event is nobody's work alone.
    const sent = watchStatements(testApp.database).noteAll();
    const readers = await Promise.all(Array.from({ length: 20 }, () => listen(bob, 'broadcast')));
    const heard = readers.map(nextBody);
    await say('broadcast', 'to all');
    expect(new Set(await Promise.all(heard))).toEqual(new Set(['to all']));
    await Promise.all(readers.map((reader) => reader.leave()));
    const reads = sent.filter((sql) => /^SELECT.* FROM "public"."message"/s.test(sql));
    expect(reads).toHaveLength(1);
  });
});

describe('messageReceived over a WebSocket', () => {
  const testApp = useListeningApp();
  /** Waits until the server has let the subscription in, which it tells the log alone. */
  async function letIn(): Promise<void> {
    const isLetIn = () =>
      testApp.logged.lines.some(
        ({ operationName, outcome }) => operationName === 'MessageBodies' && outcome === 'ok',
      );
    for (let more = testApp.logged.nextLine(); !isLetIn(); more = testApp.logged.nextLine()) {
      await more;
    }
  }

  it('tells of what comes, stays open when nothing does, and ends when it is left', async () => {
    const [ada, bob] = [await signUp(testApp, 'Ada'), await signUp(testApp, 'Bob')];
    const socket = await openConversation(testApp, { token: bob.accessToken });
    const query = Bodies.toString();
    socket.send({
      type: 'subscribe',
      id: 'other',
      payload: { query, variables: { channel: 'x' } },
    });
    expect(codesIn(await socket.nextOf('other'))).toEqual(['FORBIDDEN']);
    socket.send({ type: 'subscribe', id: 'mine', payload: { query } });
    await letIn();
    await write(testApp, ada, bob, 'Hello');
    expect(await socket.nextOf('mine')).toMatchObject({
      type: 'next',
      payload: { data: { messageReceived: { body: 'Hello' } } },
    });
    socket.send({ type: 'complete', id: 'mine' });
    expect(await socket.askOnce('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
    socket.close();
  });
});
