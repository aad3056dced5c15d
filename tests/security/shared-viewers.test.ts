import { beforeEach, describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { useListeningApp } from '../support/listening-app.ts';
import { type LiveAnswers, subscribe } from '../support/live-answers.ts';
import { demote, type Person, signIn, signUp, signUpAdmin } from '../support/people.ts';
import { openConversation } from '../support/socket-client.ts';
import { followOn } from '../support/socket-stream.ts';
import { rename, settle } from '../support/user-stream.ts';

const AdminFields = graphql(`
  subscription SharedAdminFields($id: ID!) {
    userChanged(id: $id) {
      __typename
      ... on EventEnvelope {
        event { ... on UserChanged { user { displayName email suspensionReason } } }
      }
    }
  }
`);
const SessionFields = graphql(`
  subscription SharedSessionFields($id: ID!) {
    userChanged(id: $id) {
      __typename
      ... on EventEnvelope {
        event { ... on UserChanged { user { sessions { nodes { id isCurrent } } } } }
      }
    }
  }
`);

describe('viewers who follow an account together', () => {
  const testApp = useListeningApp();
  let admin: Person;
  let other: Person;
  let bob: Person;
  beforeEach(async () => {
    admin = await signUpAdmin(testApp);
    other = await signUpAdmin(testApp);
    bob = await signUp(testApp, 'Bob');
    await settle(testApp, bob);
  });

  type Stream = LiveAnswers<unknown>;
  const follow = async (document: typeof AdminFields, id: string, viewer: Person) => {
    const stream = await subscribe(testApp, document, { id }, viewer);
    await stream.nextData();
    return stream;
  };
  const leave = (...streams: Stream[]) => Promise.all(streams.map((stream) => stream.leave()));
  const told = (user: object) => ({ userChanged: { event: { user } } });

  it('are parted when one is no administrator any more: FORBIDDEN', async () => {
    const [one, two] = [
      await follow(AdminFields, bob.id, admin),
      await follow(AdminFields, bob.id, other),
    ];
    const user = { displayName: 'Rob', email: bob.email, suspensionReason: null };
    await rename(testApp, bob, 'Rob');
    for (const stream of [one, two]) expect(await stream.nextData()).toMatchObject(told(user));

    await demote(testApp, admin);
    await rename(testApp, bob, 'Robert');
    const refused = await one.next();
    expect(refused?.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(JSON.stringify(refused)).not.toContain(bob.email);
    expect(await one.next()).toBeNull();
    expect(await two.nextData()).toMatchObject(told({ ...user, displayName: 'Robert' }));
    await leave(two);
  });

  it('are parted where one may follow on, but not see all: no field of administrators', async () => {
    const [own, foreign] = [
      await follow(AdminFields, admin.id, admin),
      await follow(AdminFields, admin.id, other),
    ];
    await rename(testApp, admin, 'Root');
    for (const stream of [own, foreign]) {
      expect(await stream.nextData()).toMatchObject(told({ suspensionReason: null }));
    }
    const suspendedFor = 'something that its user is not told';
    await testApp.database.prisma.user.update({
      where: { id: admin.userId },
      data: { suspendedFor },
    });
    await demote(testApp, admin);
    await rename(testApp, admin, 'Nobody');
    const answer = await own.next();
    expect(answer?.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(answer?.data).toMatchObject(told({ displayName: 'Nobody', suspensionReason: null }));
    expect(await foreign.nextData()).toMatchObject(told({ suspensionReason: suspendedFor }));
    await leave(own, foreign);
  });

  it('are told of their own sessions alone which one is the current', async () => {
    const again = await signIn(testApp, bob);
    const streams = [
      await follow(SessionFields as never, bob.id, bob),
      await follow(SessionFields as never, bob.id, again),
    ];
    await rename(testApp, bob, 'Rob');
    const current = [];
    for (const stream of streams) {
      const text = JSON.stringify(await stream.nextData());
      current.push(/"id":"([^"]+)","isCurrent":true/.exec(text)?.[1]);
      expect(text.match(/"isCurrent":true/g)).toHaveLength(1);
    }
    const ids = [bob, again].map(({ sessionId }) =>
      Buffer.from(`Session:${sessionId}`).toString('base64'),
    );
    expect(current).toEqual(ids);
    await leave(...streams);
  });

  it('are told the same over sockets and event streams, each under an id of its own', async () => {
    const sockets = [
      await openConversation(testApp, { token: admin.accessToken }),
      await openConversation(testApp, { token: other.accessToken }),
    ];
    for (const socket of sockets) {
      for (const id of ['one', 'other']) await followOn(socket, bob.id, id);
    }
    await rename(testApp, bob, 'Robert');
    const payloads = [];
    for (const socket of sockets) {
      for (const id of ['one', 'other']) payloads.push((await socket.nextOf(id)).payload);
      socket.close();
    }
    expect(new Set(payloads.map((payload) => JSON.stringify(payload))).size).toBe(1);
    expect(JSON.stringify(payloads[0])).toContain('Robert');
  });
});
