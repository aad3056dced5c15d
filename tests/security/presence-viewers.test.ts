import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { presenceFor } from '../../src/modules/presence/presence-state.ts';
import { graphql } from '../generated/index.ts';
import { contextOf } from '../support/access-world.ts';
import { globalId, type Person, signUp, signUpWith, suspend } from '../support/people.ts';
import { connect, followPresence, readPresences, setPresence } from '../support/presence.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const PresenceOf = graphql(`
  query PresenceOf($id: ID!) {
    user(id: $id) {
      displayName
      presence { userId status connections lastSeenAt user { id displayName } }
    }
  }
`);
const PresenceOfAll = graphql(`
  query PresenceOfAll { users { nodes { id presence { userId status connections } } } }
`);

describe('the presence of a user', () => {
  const testApp = useTestApp();
  let ada: Person;
  let bob: Person;
  beforeEach(async () => {
    ada = await signUp(testApp, 'Ada');
    bob = await signUp(testApp, 'Bob');
    await testApp.database.prisma.user.updateMany({ data: { lastSeenAt: new Date() } });
    await connect(testApp, ada, 3);
  });
  const readAs = async (viewer: Person, { id }: Person = ada) =>
    (await ask(testApp, PresenceOf, { id }, viewer)).user?.presence;
  const block = (blocker: Person, blocked: Person) =>
    testApp.database.prisma.userBlock.create({
      data: { blockerId: blocker.userId, blockedId: blocked.userId },
    });

  it('tells others the status, and no more than that', async () => {
    expect(await readAs(bob)).toEqual({
      userId: ada.id,
      status: 'ONLINE',
      connections: 1,
      lastSeenAt: null,
      user: { id: ada.id, displayName: 'Ada' },
    });
  });

  it('tells the user themself, and who may read it elsewhere, the rest', async () => {
    const [users, sessions] = [
      await signUpWith(testApp, ['users:read']),
      await signUpWith(testApp, ['sessions:read']),
    ];
    const seen = expect.any(String);
    expect(await readAs(ada)).toMatchObject({ connections: 3, lastSeenAt: seen });
    expect(await readAs(users)).toMatchObject({ connections: 1, lastSeenAt: seen });
    expect(await readAs(sessions)).toMatchObject({ connections: 3, lastSeenAt: null });
  });

  it('looks to whoever is blocked like that of a user who is not there', async () => {
    const absent = await signUp(testApp, 'Ada');
    const staff = await signUpWith(testApp, ['users:read', 'sessions:read']);
    const before = await readAs(staff);
    await block(ada, bob);
    await block(ada, staff);
    expect(await readAs(bob)).toEqual({
      userId: ada.id,
      status: 'OFFLINE',
      connections: 0,
      lastSeenAt: null,
      user: { id: ada.id, displayName: 'Ada' },
    });
    // What staff may know of anybody would be missed where it is hidden.
    expect(await readAs(staff)).toEqual({ ...before, status: 'OFFLINE' });
    const alike = { userId: '', user: null };
    expect({ ...(await readAs(bob)), ...alike }).toEqual({
      ...(await readAs(bob, absent)),
      ...alike,
    });
  });

  it('is hidden by a block in one direction alone', async () => {
    await block(bob, ada);
    expect(await readAs(bob)).toMatchObject({ status: 'ONLINE' });
  });

  it('stays what it was for others who ask at the same time', async () => {
    const eve = await signUp(testApp, 'Eve');
    await block(ada, bob);
    const answers = await Promise.all([bob, eve, bob, eve].map((viewer) => readAs(viewer)));
    expect(answers.map((presence) => presence?.status)).toEqual([
      'OFFLINE',
      'ONLINE',
      'OFFLINE',
      'ONLINE',
    ]);
  });

  it('is followed by whoever is blocked without a word of what happens', async () => {
    await block(ada, bob);
    const eve = await signUp(testApp, 'Eve');
    const stream = await followPresence(testApp, bob, [ada.id, eve.id]);
    expect(await readPresences(stream, 2)).toEqual(['Ada OFFLINE', 'Eve OFFLINE']);
    await setPresence(testApp, ada, 'AWAY');
    await connect(testApp, eve);
    expect(await readPresences(stream, 1)).toEqual(['Eve ONLINE']);
    await stream.leave();
  });

  it('is OFFLINE from the moment on in which the user is suspended', async () => {
    await suspend(testApp, ada);
    const admin = await signUpWith(testApp, ['users:read', 'sessions:read']);
    expect(await readAs(admin)).toMatchObject({ status: 'OFFLINE', connections: 0 });
    expect(await readAs(bob)).toBeUndefined();
  });

  it('of all users in a list is read by whoever may list them', async () => {
    const admin = await signUpWith(testApp, ['users:read']);
    const { users } = await ask(testApp, PresenceOfAll, {}, admin);
    const online = users?.nodes.filter(({ presence }) => presence?.status === 'ONLINE');
    expect(online?.map(({ id }) => id)).toEqual([ada.id]);
  });

  it('of a suspended user, read for whoever may read users, is not shown to others', async () => {
    const { prisma } = testApp.database;
    await suspend(testApp, ada);
    const { userId } = ada;
    const user = await prisma.user.findUniqueOrThrow({ where: { id: userId } });
    const read = {
      userId,
      user,
      status: 'OFFLINE',
      connections: 0,
      lastSeenAt: new Date(),
    } as const;
    const admin = await signUpWith(testApp, ['users:read']);
    const viewerOf = async ({ accessToken }: Person) =>
      (await contextOf(testApp, accessToken)).viewer;
    expect(presenceFor(await viewerOf(admin), read)).toBe(read);
    expect(presenceFor(await viewerOf(bob), read)).toEqual({
      ...read,
      user: null,
      lastSeenAt: null,
    });
  });

  it('is refused to strangers', async () => {
    const stream = await followPresence(testApp, undefined, [ada.id]);
    const answer = await stream.next();
    expect(answer?.errors?.map(({ extensions }) => extensions?.code)).toEqual(['UNAUTHENTICATED']);
    expect(await stream.next()).toBeNull();
    const asked = await send(testApp, PresenceOf, { id: ada.id });
    expect(codesOf(asked)).toEqual(['UNAUTHENTICATED']);
  });

  it.each([
    [
      'more than a hundred users',
      Array.from({ length: 101 }, () => globalId('User', randomUUID())),
    ],
    ['the id of a session', [globalId('Session', randomUUID())]],
    ['what is no id', ['x']],
    ['nothing for an id', ['']],
    ['the id of no user among others', [globalId('User', randomUUID()), 'VXNlcjox']],
  ])('is followed for %s: BAD_USER_INPUT', async (_case, userIds) => {
    const stream = await followPresence(testApp, bob, userIds);
    const answer = await stream.next();
    expect(answer?.errors?.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT']);
    expect(await stream.next()).toBeNull();
  });

  it('is followed for a hundred users', async () => {
    const others = Array.from({ length: 99 }, () => globalId('User', randomUUID()));
    const stream = await followPresence(testApp, bob, [...others, ada.id]);
    expect(await readPresences(stream, 1)).toEqual(['Ada ONLINE']);
    await stream.leave();
  });
});
