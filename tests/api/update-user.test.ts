import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { UpdateUserInput } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { listEvents } from '../support/listed-events.ts';
import { allMailsWorked, mailedToken, mailsTo } from '../support/mails.ts';
import {
  ageProof,
  globalId,
  type Person,
  signUp,
  signUpAdmin,
  signUpWith,
} from '../support/people.ts';
import { bodyOf, postGraphql } from '../support/raw-request.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const UpdateUser = graphql(`
  mutation UpdateUser($id: ID!, $input: UpdateUserInput!) {
    updateUser(id: $id, input: $input) {
      __typename
      ... on User { displayName email locale version roles { key } }
      ... on ConflictError { message path currentVersion }
      ... on NotFoundError { id }
      ... on StepUpRequiredError { maxAgeSeconds }
      ... on ValidationError { issues { path code } }
    }
  }
`);
const ConfirmEmailChange = graphql(`
  mutation ConfirmAdministratedEmail($input: TokenInput!) {
    confirmEmailChange(input: $input) { __typename ... on User { email } }
  }
`);

const testApp = useTestApp();

let admin: Person;
let ada: Person;
beforeEach(async () => {
  admin = await signUpAdmin(testApp);
  ada = await signUp(testApp);
});

const update = async (input: UpdateUserInput, by = admin, id = ada.id) =>
  (await ask(testApp, UpdateUser, { id, input }, by)).updateUser;
const row = () => testApp.database.prisma.user.findUniqueOrThrow({ where: { id: ada.userId } });
const permissionsOf = async ({ accessToken }: Person) => {
  const headers = { authorization: `Bearer ${accessToken}` };
  const answer = await postGraphql(testApp, { query: '{ me { permissions } }' }, headers);
  return bodyOf(answer).data?.me;
};
const anAddress = () => `${randomUUID()}@example.org`;

describe('updateUser', () => {
  it('changes name and language at once, and says so', async () => {
    expect(await update({ displayName: 'Augusta', locale: 'de-at' })).toEqual({
      __typename: 'User',
      displayName: 'Augusta',
      email: ada.email,
      locale: 'de-AT',
      version: 2,
      roles: [{ key: 'user' }],
    });
    expect(await update({ locale: null, displayName: null })).toMatchObject({
      displayName: 'Augusta',
      locale: null,
    });
    const entry = await testApp.database.prisma.auditEvent.findFirstOrThrow({
      where: { action: 'user.updated' },
    });
    expect(entry).toMatchObject({
      actorId: admin.userId,
      targetId: ada.userId,
      metadata: { changedFields: ['displayName', 'locale'] },
    });
    const { items } = await listEvents(testApp, ada, { topics: ['USER'] });
    expect(items.at(-1)?.event).toMatchObject({ change: 'UPDATED', changedFields: ['locale'] });
  });

  it('changes nothing when there is nothing to change', async () => {
    const before = await row();
    expect(await update({ email: ada.email, roles: [] })).toMatchObject({ version: 1 });
    expect(await row()).toEqual(before);
  });

  it('gives and takes roles, at once', async () => {
    expect(await permissionsOf(ada)).toEqual({ permissions: [] });
    expect(await update({ roles: ['admin'] })).toMatchObject({
      version: 2,
      roles: expect.arrayContaining([{ key: 'admin' }, { key: 'user' }]),
    });
    expect(await permissionsOf(ada)).toEqual({
      permissions: expect.arrayContaining(['users:write']),
    });
    expect(await update({ roles: [] })).toMatchObject({ roles: [{ key: 'user' }] });
    expect(await permissionsOf(ada)).toEqual({ permissions: [] });
    const { items } = await listEvents(testApp, ada, { topics: ['USER'] });
    expect(items.at(-1)?.event).toMatchObject({ changedFields: ['roles', 'permissions'] });
  });

  it('keeps the last administrator: CONFLICT', async () => {
    const own = await update({ roles: [] }, admin, admin.id);
    expect(own).toMatchObject({
      __typename: 'ConflictError',
      message: 'There must be an administrator left.',
    });
    await update({ roles: ['admin'] });
    expect(await update({ roles: [] }, admin, admin.id)).toMatchObject({ __typename: 'User' });
  });

  it('takes another address once that is confirmed, and warns the present one', async () => {
    const email = anAddress();
    expect(await update({ email, displayName: 'Augusta' })).toMatchObject({
      email: ada.email,
      displayName: 'Augusta',
    });
    const [warning] = await mailsTo(testApp, ada.email, 1, /ddress of your account by another/);
    expect(warning?.text).not.toContain('192.0.2.1');
    const token = await mailedToken(testApp, email, 'confirm-email-change');
    const { confirmEmailChange } = await ask(testApp, ConfirmEmailChange, { input: { token } });
    expect(confirmEmailChange).toEqual({ __typename: 'User', email });
    expect(await row()).toMatchObject({ email, emailVerifiedAt: expect.any(Date) });
  });

  it('refuses an address that has an account, and writes to nobody: CONFLICT', async () => {
    const other = await signUp(testApp);
    expect(await update({ email: other.email, displayName: 'Augusta' })).toMatchObject({
      __typename: 'ConflictError',
      path: ['input', 'email'],
    });
    expect(await row()).toMatchObject({ displayName: ada.displayName });
    await allMailsWorked(testApp);
    const mails = (await testApp.outbox.list()).filter(({ to }) => to === other.email);
    expect(mails.map(({ subject }) => subject).sort()).toEqual([
      'Confirm your e-mail address',
      'Welcome',
    ]);
  });

  it('asks for a recent proof before another address or role: STEP_UP_REQUIRED', async () => {
    await ageProof(testApp, admin);
    for (const input of [{ email: anAddress() }, { roles: ['admin'] }, { roles: [] }]) {
      expect(await update(input)).toMatchObject({ __typename: 'StepUpRequiredError' });
    }
    expect(await update({ displayName: 'Augusta' })).toMatchObject({ __typename: 'User' });
  });

  it('writes to one address no more often than strangers could make it: RATE_LIMITED', async () => {
    const email = anAddress();
    const members = new Set<string | undefined>();
    for (let sent = 0; sent < 22; sent++) members.add((await update({ email }))?.__typename);
    expect([...members]).toEqual(['User', 'RateLimitedError']);
  });

  it('refuses another version, and tells the present one: CONFLICT', async () => {
    expect(await update({ displayName: 'Augusta', expectedVersion: 1 })).toMatchObject({
      version: 2,
    });
    expect(
      await update({ displayName: 'Eve', roles: ['admin'], expectedVersion: 1 }),
    ).toMatchObject({
      __typename: 'ConflictError',
      currentVersion: 2,
    });
    expect(await row()).toMatchObject({ displayName: 'Augusta', version: 2 });
  });

  it('lets one of several changes of the same version through', async () => {
    const answers = await Promise.all(
      ['One', 'Two', 'Three'].map((displayName) => update({ displayName, expectedVersion: 1 })),
    );
    expect(answers.map((answer) => answer?.__typename).sort()).toEqual([
      'ConflictError',
      'ConflictError',
      'User',
    ]);
  });

  it('refuses whoever holds a permission that the caller lacks: CONFLICT', async () => {
    const editor = await signUpWith(testApp, ['users:read', 'users:write', 'roles:assign']);
    const conflict = { __typename: 'ConflictError' };
    expect(await update({ displayName: 'Eve' }, editor, admin.id)).toMatchObject(conflict);
    expect(await update({ roles: ['admin'] }, editor)).toMatchObject(conflict);
    expect(await update({ roles: ['admin'] }, editor, editor.id)).toMatchObject(conflict);
    expect(await update({ displayName: 'Augusta' }, editor)).toMatchObject({ __typename: 'User' });
  });

  it('needs users:write, and roles:assign for roles: FORBIDDEN', async () => {
    const reader = await signUpWith(testApp, ['users:read', 'roles:assign']);
    const editor = await signUpWith(testApp, ['users:read', 'users:write']);
    const attempt = async (input: UpdateUserInput, by: Person) =>
      codesOf(await send(testApp, UpdateUser, { id: ada.id, input }, by));
    expect(await attempt({ displayName: 'Eve' }, reader)).toEqual(['FORBIDDEN']);
    expect(await attempt({ roles: [], displayName: 'Eve' }, editor)).toEqual(['FORBIDDEN']);
    expect(await row()).toMatchObject({ displayName: ada.displayName, version: 1 });
  });

  it('answers for nobody: NOT_FOUND', async () => {
    const id = globalId('User', '00000000-0000-7000-8000-000000000000');
    expect(await update({ displayName: 'x' }, admin, id)).toEqual({
      __typename: 'NotFoundError',
      id,
    });
  });

  it.each([
    ['displayName', { displayName: '' }],
    ['email', { email: 'nobody' }],
    ['locale', { locale: '!' }],
    ['roles', { roles: ['nobody'] }],
  ])('refuses what breaks the rules: %s', async (field, input) => {
    expect(await update(input)).toMatchObject({
      __typename: 'ValidationError',
      issues: [{ path: expect.arrayContaining(['input', field]) }],
    });
  });
});
