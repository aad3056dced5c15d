import { beforeEach, describe, expect, it } from 'vitest';
import { securityNotice } from '../../src/modules/session/session.events.ts';
import { appendEvents } from '../../src/platform/event-log/append.ts';
import type { EventsQuery, EventsQueryVariables } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { Events, listEvents } from '../support/listed-events.ts';
import { globalId, type Person, signIn, signUp, signUpAdmin } from '../support/people.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';
import { rename } from '../support/user-stream.ts';

const SignOut = graphql(`
  mutation EventsSignOut { signOut { __typename } }
`);

describe('events', () => {
  const testApp = useTestApp();
  let ada: Person;
  let bob: Person;
  beforeEach(async () => {
    ada = await signUp(testApp, 'Ada');
    bob = await signUp(testApp, 'Bob');
  });

  /** Names each event by its type, and a change by its kind and the account. */
  const summaryOf = ({ items }: NonNullable<EventsQuery['events']>) =>
    items.map(({ event }) => {
      if (event.__typename === 'UserChanged') return `${event.change} ${event.userId}`;
      return event.__typename;
    });

  it('lists what concerns the viewer, in order', async () => {
    await rename(testApp, ada, 'Augusta');
    await rename(testApp, bob, 'Robert');
    await ask(testApp, SignOut, {}, await signIn(testApp, ada));

    const page = await listEvents(testApp, ada);
    expect(page).toMatchObject({ hasMore: false, gap: null });
    expect(page.items).toMatchObject([
      {
        topic: 'USER',
        replayed: true,
        event: {
          __typename: 'UserChanged',
          change: 'CREATED',
          userId: ada.id,
          user: { id: ada.id, displayName: 'Augusta' },
          changedFields: [],
        },
      },
      { event: { change: 'UPDATED', userId: ada.id, changedFields: ['displayName'] } },
      { topic: 'SESSION', event: { __typename: 'SessionRevoked', reason: 'SIGNED_OUT' } },
    ]);
  });

  it('lists changes of every account to holders of users:read, and nothing else of others', async () => {
    const admin = await signUpAdmin(testApp);
    await rename(testApp, bob, 'Robert');
    await ask(testApp, SignOut, {}, bob);
    const topics = ['USER', 'SESSION', 'SECURITY'] as const;
    expect(summaryOf(await listEvents(testApp, admin, { topics: [...topics] }))).toEqual([
      `CREATED ${ada.id}`,
      `CREATED ${bob.id}`,
      `CREATED ${admin.id}`,
      `UPDATED ${bob.id}`,
    ]);
  });

  it('tells of a warning, and of its session if that may be seen', async () => {
    const { database } = testApp;
    await database.prisma.$transaction((transaction) =>
      appendEvents(transaction, [
        securityNotice('TOKEN_REUSED', ada.userId, bob.sessionId),
        securityNotice('TOKEN_REUSED', ada.userId, ada.sessionId),
      ]),
    );
    const { items } = await listEvents(testApp, ada, { topics: ['SECURITY'] });
    expect(items.map(({ event }) => event)).toMatchObject([
      { kind: 'TOKEN_REUSED', session: null },
      { kind: 'TOKEN_REUSED', session: { id: globalId('Session', ada.sessionId) } },
    ]);
  });

  it('has no user where the account is gone', async () => {
    const admin = await signUpAdmin(testApp);
    await testApp.database.prisma.user.delete({ where: { id: bob.userId } });
    const { items } = await listEvents(testApp, admin, { topics: ['USER'] });
    expect(items[1]?.event).toMatchObject({ change: 'CREATED', userId: bob.id, user: null });
  });

  it('lists only the topics that are asked for', async () => {
    await ask(testApp, SignOut, {}, await signIn(testApp, ada));
    const topics = async (variables: EventsQueryVariables) =>
      (await listEvents(testApp, ada, variables)).items.map(({ topic }) => topic);
    expect(await topics({})).toEqual(['USER', 'SESSION']);
    expect(await topics({ topics: null })).toEqual(['USER', 'SESSION']);
    expect(await topics({ topics: ['SESSION'] })).toEqual(['SESSION']);
    expect(await topics({ topics: ['SESSION', 'USER', 'USER'] })).toEqual(['USER', 'SESSION']);
    expect(await topics({ topics: ['SECURITY'] })).toEqual([]);
    expect(await topics({ topics: [] })).toEqual([]);
  });

  it('is refused to strangers: UNAUTHENTICATED', async () => {
    expect(codesOf(await send(testApp, Events, {}))).toEqual(['UNAUTHENTICATED']);
  });
});
