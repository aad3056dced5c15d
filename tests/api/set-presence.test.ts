import { beforeEach, describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { deleteUser } from '../support/deletion.ts';
import { type Person, signUp, signUpAdmin } from '../support/people.ts';
import {
  connect,
  expireLeases,
  lease,
  loggedPresences,
  openKeeper,
  setPresence,
} from '../support/presence.ts';
import { bodyOf, postGraphql } from '../support/raw-request.ts';
import { ask } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const OwnPresence = graphql(`
  query OwnPresence {
    me { presence { status connections lastSeenAt user { id } } }
    events(topics: [PRESENCE]) {
      items { topic event { __typename ... on PresenceChanged { presence { status userId } } } }
    }
  }
`);

describe('setPresence', () => {
  const testApp = useTestApp();
  let ada: Person;
  beforeEach(async () => {
    ada = await signUp(testApp, 'Ada');
  });
  const rowOf = ({ userId }: Person) =>
    testApp.database.prisma.userPresence.findUnique({ where: { userId } });
  const readOwn = (person: Person) => ask(testApp, OwnPresence, {}, person);

  it('is kept for whoever is not connected, and told when they are', async () => {
    expect(await setPresence(testApp, ada, 'AWAY')).toBe('Ack');
    expect(await rowOf(ada)).toMatchObject({ chosen: 'AWAY', told: 'OFFLINE' });
    expect(await loggedPresences(testApp.database)).toEqual([]);

    await lease(testApp.database, ada.userId, 2);
    const keeper = openKeeper(testApp.database);
    keeper.note([ada.userId]);
    await keeper.close();
    expect(await readOwn(ada)).toMatchObject({
      me: { presence: { status: 'AWAY', connections: 2, user: { id: ada.id } } },
      events: {
        items: [
          {
            topic: 'PRESENCE',
            event: { __typename: 'PresenceChanged', presence: { status: 'AWAY', userId: ada.id } },
          },
        ],
      },
    });
  });

  it('is told when it changes how others see the user, and only then', async () => {
    await connect(testApp, ada);
    for (const status of ['ONLINE', 'AWAY', 'AWAY', 'OFFLINE', 'OFFLINE', 'ONLINE'] as const) {
      expect(await setPresence(testApp, ada, status)).toBe('Ack');
      expect(await rowOf(ada)).toMatchObject({ chosen: status, told: status });
    }
    expect(await loggedPresences(testApp.database)).toHaveLength(4);
  });

  it('outlasts connections', async () => {
    const instance = await lease(testApp.database, ada.userId);
    await setPresence(testApp, ada, 'AWAY');
    await expireLeases(testApp.database, instance);
    const keeper = openKeeper(testApp.database);
    await keeper.look();
    await keeper.look();
    expect(await rowOf(ada)).toMatchObject({ chosen: 'AWAY', told: 'OFFLINE' });
    await lease(testApp.database, ada.userId);
    await keeper.look();
    expect(await rowOf(ada)).toMatchObject({ chosen: 'AWAY', told: 'AWAY' });
  });

  it('tells events to the user themself alone', async () => {
    const admin = await signUpAdmin(testApp);
    await connect(testApp, ada);
    expect((await readOwn(ada)).events?.items).toHaveLength(1);
    expect((await readOwn(admin)).events?.items).toEqual([]);
  });

  it('shows the user their connections while they are there unseen', async () => {
    await connect(testApp, ada, 3);
    await setPresence(testApp, ada, 'OFFLINE');
    expect(await readOwn(ada)).toMatchObject({
      me: { presence: { status: 'OFFLINE', connections: 3 } },
    });
  });

  it('is limited to 30 a minute for each user: RATE_LIMITED', async () => {
    for (let times = 0; times < 30; times++) await setPresence(testApp, ada, 'AWAY');
    expect(await setPresence(testApp, ada, 'AWAY')).toBe('RateLimitedError');
    const bob = await signUp(testApp, 'Bob');
    expect(await setPresence(testApp, bob, 'AWAY')).toBe('Ack');
  });

  it.each(['ANONYMIZE', 'ERASE'] as const)('leaves nothing behind after %s', async (mode) => {
    const admin = await signUpAdmin(testApp);
    await connect(testApp, ada);
    await deleteUser(testApp, admin, ada.id, mode);
    // The lease of a connection that is just being closed is no presence.
    await openKeeper(testApp.database).look();
    expect(await rowOf(ada)).toBeNull();
  });

  it.each([
    'setPresence',
    'setPresence(status: null)',
    'setPresence(status: "AWAY")',
    'setPresence(status: BUSY)',
    'setPresence(status: [AWAY])',
  ])('refuses %s', async (field) => {
    const query = `mutation { ${field} { __typename } }`;
    const headers = { authorization: `Bearer ${ada.accessToken}` };
    const { data, errors } = await bodyOf(await postGraphql(testApp, { query }, headers));
    expect(data).toBeUndefined();
    expect(errors?.length).toBeGreaterThan(0);
    expect(await rowOf(ada)).toBeNull();
  });
});
