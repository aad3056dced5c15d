import { beforeEach, describe, expect, it } from 'vitest';
import { encodeEventCursor, logStart } from '../../src/platform/event-log/cursor.ts';
import { graphql } from '../generated/index.ts';
import { listEvents } from '../support/listed-events.ts';
import { globalId, type Person, signIn, signUp, signUpAdmin } from '../support/people.ts';
import { ask } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';
import { rename, settle } from '../support/user-stream.ts';
import { followVisible, nextEvents, nextVisible } from '../support/visible-events.ts';

const SignOut = graphql(`
  mutation VisibleEventsSignOut { signOut { __typename } }
`);
const start = encodeEventCursor(logStart);

describe('the stream of all events', () => {
  const testApp = useTestApp();
  let ada: Person;
  let bob: Person;
  beforeEach(async () => {
    ada = await signUp(testApp, 'Ada');
    bob = await signUp(testApp, 'Bob');
    await settle(testApp, bob);
  });

  it('tells what concerns the viewer, of several topics, as it happens', async () => {
    const other = await signIn(testApp, ada);
    const stream = await followVisible(testApp, ada, { topics: ['USER', 'SESSION'] });
    expect(await nextVisible(stream)).toMatchObject({ __typename: 'StreamCaughtUp' });
    await rename(testApp, bob, 'Robert');
    await rename(testApp, ada, 'Augusta');
    await ask(testApp, SignOut, {}, other);
    expect(await nextEvents(stream, 2)).toMatchObject([
      {
        topic: 'USER',
        replayed: false,
        event: { __typename: 'UserChanged', userId: ada.id, changedFields: ['displayName'] },
      },
      {
        topic: 'SESSION',
        event: {
          __typename: 'SessionRevoked',
          sessionId: globalId('Session', other.sessionId),
          reason: 'SIGNED_OUT',
        },
      },
    ]);
    await stream.leave();
  });

  it('tells holders of users:read of every account', async () => {
    const admin = await signUpAdmin(testApp);
    const stream = await followVisible(testApp, admin, { topics: ['USER'] });
    await rename(testApp, ada, 'Augusta');
    await rename(testApp, bob, 'Robert');
    const told = await nextEvents(stream, 2);
    expect(told.map(({ event }) => 'userId' in event && event.userId)).toEqual([ada.id, bob.id]);
    await stream.leave();
  });

  it('tells holders of audit:read of each change twice: as what it is, and as an entry', async () => {
    const admin = await signUpAdmin(testApp);
    const stream = await followVisible(testApp, admin, { topics: ['USER', 'AUDIT'] });
    await rename(testApp, ada, 'Augusta');
    expect(await nextEvents(stream, 2)).toMatchObject([
      { topic: 'USER', event: { userId: ada.id } },
      { topic: 'AUDIT', event: { auditEvent: { action: 'user.profile-updated' } } },
    ]);
    await stream.leave();
  });

  it('tells the topics alone that are asked for', async () => {
    const other = await signIn(testApp, ada);
    const stream = await followVisible(testApp, ada, { topics: ['SESSION'] });
    await rename(testApp, ada, 'Augusta');
    await ask(testApp, SignOut, {}, other);
    expect(await nextEvents(stream, 1)).toMatchObject([{ topic: 'SESSION' }]);
    await stream.leave();
  });

  it('goes on from a cursor of the list, and the list from one of the stream', async () => {
    await rename(testApp, ada, 'Augusta');
    const topics = ['USER' as const];
    const [created] = (await listEvents(testApp, ada, { topics })).items;
    const after = created?.event.cursor ?? '';
    const stream = await followVisible(testApp, ada, { topics, after });
    const [renamed] = await nextEvents(stream, 1);
    expect(renamed).toMatchObject({ event: { change: 'UPDATED' } });
    await stream.leave();

    await rename(testApp, ada, 'Ada King');
    const { items } = await listEvents(testApp, ada, {
      topics,
      after: renamed?.event.cursor ?? '',
    });
    expect(items).toMatchObject([{ event: { change: 'UPDATED' } }]);
  });

  it('tells what the list has, in the same order', async () => {
    const admin = await signUpAdmin(testApp);
    await rename(testApp, bob, 'Robert');
    await rename(testApp, ada, 'Augusta');
    const { items } = await listEvents(testApp, admin);
    const stream = await followVisible(testApp, admin, { after: start });
    const told = await nextEvents(stream, items.length);
    expect(told.map(({ event }) => event.id)).toEqual(items.map(({ event }) => event.id));
    await stream.leave();
  });
});
