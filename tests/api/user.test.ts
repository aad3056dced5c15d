import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { globalId, type Person, signUp, signUpAdmin, suspend } from '../support/people.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const PublicProfile = graphql(`
  query UserPublicProfile($id: ID!) {
    user(id: $id) { id displayName username }
  }
`);

const WholeProfile = graphql(`
  query UserWholeProfile($id: ID!) {
    user(id: $id) {
      version email emailVerifiedAt locale timezone status roles { key } permissions
      createdAt updatedAt
    }
  }
`);

const Email = graphql(`
  query UserEmail($id: ID!) {
    user(id: $id) { displayName email }
  }
`);

const Version = graphql(`
  query UserVersion($id: ID!) {
    user(id: $id) { version }
  }
`);

const Roles = graphql(`
  query UserRoles($id: ID!) {
    user(id: $id) { roles { key } }
  }
`);

const Permissions = graphql(`
  query UserPermissions($id: ID!) {
    user(id: $id) { permissions }
  }
`);

describe('user', () => {
  const testApp = useTestApp();
  const publicProfile = async ({ id }: { id: string }, { accessToken }: Person) =>
    (await ask(testApp, PublicProfile, { id }, { accessToken })).user;

  it('shows the public profile of another user', async () => {
    const [ada, grace] = [await signUp(testApp), await signUp(testApp, 'Grace Hopper')];
    const profile = { id: grace.id, displayName: 'Grace Hopper', username: null };
    expect(await publicProfile(grace, ada)).toEqual(profile);
  });

  it('shows the whole account to its user and to holders of users:read', async () => {
    const [ada, admin] = [await signUp(testApp), await signUpAdmin(testApp)];
    for (const { accessToken } of [ada, admin]) {
      const { user } = await ask(testApp, WholeProfile, { id: ada.id }, { accessToken });
      expect(user).toMatchObject({ email: ada.email, version: 1, roles: [{ key: 'user' }] });
    }
  });

  it('refuses each guarded field of another user, and keeps its neighbours: FORBIDDEN', async () => {
    const [ada, grace] = [await signUp(testApp), await signUp(testApp, 'Grace Hopper')];
    const { accessToken } = ada;
    const variables = { id: grace.id };
    const email = await send(testApp, Email, variables, { accessToken });
    expect(codesOf(email)).toEqual(['FORBIDDEN']);
    expect(email.body.errors?.[0]?.path).toEqual(['user', 'email']);
    expect(email.body.data).toEqual({ user: { displayName: 'Grace Hopper', email: null } });
    for (const document of [Version, Roles, Permissions]) {
      const answer = await send<object, { id: string }>(testApp, document, variables, {
        accessToken,
      });
      expect(codesOf(answer)).toEqual(['FORBIDDEN']);
      expect(answer.body.data).toEqual({ user: null });
    }
  });

  it('hides a suspended user, but not from holders of users:read', async () => {
    const [ada, grace] = [await signUp(testApp), await signUp(testApp, 'Grace Hopper')];
    const admin = await signUpAdmin(testApp);
    await suspend(testApp, grace);
    expect(await publicProfile(grace, ada)).toBeNull();
    expect(await publicProfile(grace, admin)).toMatchObject({ displayName: 'Grace Hopper' });
  });

  it('answers for a hidden user as for one that never was', async () => {
    const [ada, grace] = [await signUp(testApp), await signUp(testApp, 'Grace Hopper')];
    await suspend(testApp, grace);
    const { accessToken } = ada;
    const answers = [];
    for (const id of [grace.id, globalId('User', randomUUID())]) {
      const { status, body } = await send(testApp, Email, { id }, { accessToken });
      answers.push({ status, body });
    }
    expect(answers[0]).toEqual({ status: 200, body: { data: { user: null } } });
    expect(answers[1]).toEqual(answers[0]);
  });

  it('is refused to a stranger: UNAUTHENTICATED', async () => {
    const { id } = await signUp(testApp);
    const answer = await send(testApp, PublicProfile, { id });
    expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
    expect(answer.body.data).toEqual({ user: null });
  });

  const uuid = randomUUID();
  const encode = (text: string) => Buffer.from(text).toString('base64');
  it.each([
    ['nothing', ''],
    ['a database id', uuid],
    ['another text', 'ada'],
    ['a type alone', encode('User')],
    ['no UUID', encode('User:1')],
    ['a UUID in capitals', encode(`User:${uuid.toUpperCase()}`)],
    ['SQL', encode(`User:${uuid}' OR 1=1 --`)],
    ['a NUL', encode(`User:${uuid}\0`)],
    ['no type', encode(`:${uuid}`)],
    ['a type that is none', encode(`Nobody:${uuid}`)],
    ['the id of a session', globalId('Session', uuid)],
    ['the id of a role', globalId('Role', uuid)],
    ['ten thousand characters', encode(`User:${uuid}`.repeat(250))],
  ])('refuses an id that is %s: BAD_USER_INPUT', async (_, id) => {
    const { accessToken } = await signUp(testApp);
    const answer = await send(testApp, PublicProfile, { id }, { accessToken });
    expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
    expect(JSON.stringify(answer.body.errors)).not.toContain(uuid);
  });
});
