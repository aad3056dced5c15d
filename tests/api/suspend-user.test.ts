import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createSuspensionEnds } from '../../src/modules/administration/suspension-end.ts';
import type { SuspendUserMutationVariables } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { commitOf } from '../support/change-roles.ts';
import { listEvents } from '../support/listed-events.ts';
import { mailedCode } from '../support/mails.ts';
import {
  globalId,
  type Person,
  signIn,
  signUp,
  signUpAdmin,
  signUpWith,
} from '../support/people.ts';
import { bodyOf, postGraphql } from '../support/raw-request.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const SuspendUser = graphql(`
  mutation SuspendUser($id: ID!, $reason: String!, $until: DateTime) {
    suspendUser(id: $id, reason: $reason, until: $until) {
      __typename
      ... on User { status suspensionEndsAt suspensionReason version }
      ... on ConflictError { message }
      ... on NotFoundError { id }
      ... on ValidationError { issues { path code message } }
    }
  }
`);
const SignIn = graphql(`
  mutation SuspendedSignIn($input: SignInInput!) {
    signIn(input: $input) {
      __typename
      ... on AccountUnavailableError { status until message }
    }
  }
`);
const RequestCode = graphql(`
  mutation SuspendedRequestCode($input: EmailInput!) {
    requestSignInCode(input: $input) { __typename }
  }
`);
const SignInWithCode = graphql(`
  mutation SuspendedSignInWithCode($input: SignInWithCodeInput!) {
    signInWithCode(input: $input) { __typename ... on AccountUnavailableError { status until } }
  }
`);

const testApp = useTestApp();
const reason = 'Sends advertisements to everybody';
const inAYear = () => new Date(testApp.clock.now().getTime() + 365 * 86_400_000);

let admin: Person;
let ada: Person;
beforeEach(async () => {
  admin = await signUpAdmin(testApp);
  ada = await signUp(testApp);
});

const suspend = async (by: Person, variables: SuspendUserMutationVariables) =>
  (await ask(testApp, SuspendUser, variables, by)).suspendUser;

const statusOf = async ({ accessToken }: Person) =>
  (
    await postGraphql(
      testApp,
      { query: '{ me { id } }' },
      { authorization: `Bearer ${accessToken}` },
    )
  ).status;

const refresh = async ({ refreshToken }: Person) => {
  const query =
    'mutation ($token: String!) { refreshSession(input: { refreshToken: $token }) { __typename ... on InvalidTokenError { reason } } }';
  const answer = await postGraphql(testApp, { query, variables: { token: refreshToken } });
  return bodyOf(answer).data?.refreshSession;
};

describe('suspendUser', () => {
  it('ends the sessions and tokens of the user at once', async () => {
    const phone = await signIn(testApp, ada);
    expect([await statusOf(ada), await statusOf(phone)]).toEqual([200, 200]);
    expect(await suspend(admin, { id: ada.id, reason })).toEqual({
      __typename: 'User',
      status: 'SUSPENDED',
      suspensionEndsAt: null,
      suspensionReason: reason,
      version: 2,
    });
    expect([await statusOf(ada), await statusOf(phone)]).toEqual([401, 401]);
    const revoked = { __typename: 'InvalidTokenError', reason: 'REVOKED' };
    expect([await refresh(ada), await refresh(phone)]).toEqual([revoked, revoked]);
    const { prisma } = testApp.database;
    const sessions = await prisma.session.findMany({ where: { userId: ada.userId } });
    expect(sessions.map(({ revokeReason }) => revokeReason)).toEqual(['SUSPENDED', 'SUSPENDED']);
  });

  it('refuses the sign-in until then, by password and by code: ACCOUNT_UNAVAILABLE', async () => {
    const until = inAYear().toISOString();
    await suspend(admin, { id: ada.id, reason, until });
    const { email, password } = ada;
    const { signIn: byPassword } = await ask(testApp, SignIn, { input: { email, password } });
    expect(byPassword).toEqual({
      __typename: 'AccountUnavailableError',
      status: 'SUSPENDED',
      until,
      message: expect.not.stringContaining('advertisements'),
    });
    await ask(testApp, RequestCode, { input: { email } });
    const input = { email, code: await mailedCode(testApp, email) };
    const { signInWithCode } = await ask(testApp, SignInWithCode, { input });
    expect(signInWithCode).toEqual({
      __typename: 'AccountUnavailableError',
      status: 'SUSPENDED',
      until,
    });
  });

  it('keeps who did it and until when in the audit trail, and not why', async () => {
    const until = inAYear();
    await suspend(admin, { id: ada.id, reason, until: until.toISOString() });
    const { prisma } = testApp.database;
    const entries = await prisma.auditEvent.findMany({ where: { targetId: ada.userId } });
    expect(entries.at(-1)).toMatchObject({
      action: 'user.suspended',
      actorId: admin.userId,
      metadata: { until: until.toISOString() },
    });
    expect(JSON.stringify(entries)).not.toContain('advertisements');
  });

  it('tells whoever follows the user', async () => {
    await suspend(admin, { id: ada.id, reason });
    const { items } = await listEvents(testApp, admin, { topics: ['USER'] });
    expect(items.at(-1)?.event).toMatchObject({
      change: 'UPDATED',
      userId: ada.id,
      changedFields: ['status', 'suspensionEndsAt', 'suspensionReason'],
    });
  });

  it('puts another end and reason in the place of those before', async () => {
    await suspend(admin, { id: ada.id, reason, until: inAYear().toISOString() });
    expect(await suspend(admin, { id: ada.id, reason: 'Again' })).toMatchObject({
      suspensionEndsAt: null,
      suspensionReason: 'Again',
    });
  });

  it('ends by itself', async () => {
    const until = new Date(Date.now() + 200).toISOString();
    await suspend(admin, { id: ada.id, reason, until });
    const { prisma } = testApp.database;
    const read = () => prisma.user.findUniqueOrThrow({ where: { id: ada.userId } });
    await vi.waitUntil(async () => (await read()).status === 'ACTIVE', {
      interval: 50,
      timeout: 20_000,
    });
    expect(await read()).toMatchObject({ suspendedUntil: null, suspendedFor: null, version: 3 });
    await signIn(testApp, ada);
    const entry = await prisma.auditEvent.findFirstOrThrow({ where: { action: 'user.restored' } });
    expect(entry).toMatchObject({ requestId: 'server/suspension-end', actorId: null });
  });

  it('keeps the job that ends it longer than it lasts', async () => {
    const until = inAYear();
    await suspend(admin, { id: ada.id, reason, until: until.toISOString() });
    const jobs = await testApp.database.prisma.$queryRaw<{ start: Date; kept: Date }[]>`
      SELECT start_after AS start, keep_until AS kept FROM pgboss.job WHERE name = 'suspension-end'`;
    expect(jobs).toEqual([{ start: until, kept: new Date(until.getTime() + 14 * 86_400_000) }]);
  });

  it('goes on past the end that it had first, when it was prolonged', async () => {
    const until = new Date(Date.now() + 300).toISOString();
    await suspend(admin, { id: ada.id, reason, until });
    await suspend(admin, { id: ada.id, reason });
    const { prisma } = testApp.database;
    const worked = () =>
      prisma.$queryRaw<unknown[]>`SELECT FROM pgboss.job
        WHERE name = 'suspension-end' AND data->>'userId' = ${ada.userId} AND state = 'completed'`;
    await vi.waitUntil(async () => (await worked()).length > 0, { interval: 50, timeout: 20_000 });
    expect(await prisma.user.findUniqueOrThrow({ where: { id: ada.userId } })).toMatchObject({
      status: 'SUSPENDED',
    });
  });

  it.each([
    ['an empty reason', { reason: '  ' }, 'reason'],
    ['a reason of 501 characters', { reason: 'x'.repeat(501) }, 'reason'],
    ['a reason with NUL', { reason: 'a\0b' }, 'reason'],
    ['a reason that turns the text around', { reason: 'a\u202eb' }, 'reason'],
    ['an end in the past', { reason, until: '2020-01-01T00:00:00Z' }, 'until'],
  ])('refuses %s: VALIDATION_FAILED', async (_name, variables, path) => {
    expect(await suspend(admin, { id: ada.id, ...variables })).toMatchObject({
      __typename: 'ValidationError',
      issues: [{ path: [path] }],
    });
    expect(await statusOf(ada)).toBe(200);
  });

  it('refuses oneself and the last administrator: CONFLICT', async () => {
    const conflict = { __typename: 'ConflictError' };
    expect(await suspend(admin, { id: admin.id, reason })).toMatchObject(conflict);
    const origin = { requestId: 'tests', actorId: null, ipAddress: null, userAgent: null };
    const { administration } = testApp.app.services;
    const byOperator = administration.suspend(origin, 'operator', admin.userId, { reason }, {});
    await expect(byOperator).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await statusOf(admin)).toBe(200);
    const second = await signUpAdmin(testApp);
    expect(await suspend(second, { id: admin.id, reason })).toMatchObject({ __typename: 'User' });
  });

  it('refuses whoever holds a permission that the caller lacks: CONFLICT', async () => {
    const editor = await signUpWith(testApp, ['users:read', 'users:write']);
    expect(await suspend(editor, { id: admin.id, reason })).toEqual({
      __typename: 'ConflictError',
      message: 'This user holds a permission that you lack.',
    });
    expect(await suspend(editor, { id: ada.id, reason })).toMatchObject({ __typename: 'User' });
  });

  it('answers the user to holders of users:write alone, who see no more of them', async () => {
    const editor = await signUpWith(testApp, ['users:write']);
    const query = `mutation { suspendUser(id: "${ada.id}", reason: "x") { ... on User { id displayName } } }`;
    const headers = { authorization: `Bearer ${editor.accessToken}` };
    expect(bodyOf(await postGraphql(testApp, { query }, headers))).toEqual({
      data: { suspendUser: { id: ada.id, displayName: ada.displayName } },
    });
    const more = { query: `{ user(id: "${ada.id}") { id email } }` };
    expect(bodyOf(await postGraphql(testApp, more, headers))).toMatchObject({
      data: { user: { id: ada.id, email: null } },
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
  });

  it('needs no administrator to be left where none is suspended', async () => {
    const { prisma } = testApp.database;
    await prisma.userRole.deleteMany({ where: { role: { key: 'admin' } } });
    const { administration } = testApp.app.services;
    const origin = { requestId: 'tests', actorId: null, ipAddress: null, userAgent: null };
    const user = await administration.suspend(origin, 'operator', ada.userId, { reason }, {});
    expect(user.status).toBe('SUSPENDED');
  });

  it('is found to be over, should its job have been lost', async () => {
    const { prisma } = testApp.database;
    const ends = createSuspensionEnds({ database: testApp.database, commit: commitOf(testApp) });
    const grace = await signUp(testApp, 'Grace Hopper');
    await suspend(admin, { id: ada.id, reason, until: inAYear().toISOString() });
    await suspend(admin, { id: grace.id, reason, until: inAYear().toISOString() });
    const suspendedUntil = new Date(Date.now() - 1000);
    await prisma.user.update({ where: { id: ada.userId }, data: { suspendedUntil } });
    await ends.sweep();
    const status = async ({ userId }: Person) =>
      (await prisma.user.findUniqueOrThrow({ where: { id: userId } })).status;
    expect([await status(ada), await status(grace)]).toEqual(['ACTIVE', 'SUSPENDED']);
  });

  it('answers for nobody: NOT_FOUND', async () => {
    const id = globalId('User', '00000000-0000-7000-8000-000000000000');
    expect(await suspend(admin, { id, reason })).toEqual({ __typename: 'NotFoundError', id });
  });

  it('needs users:write: FORBIDDEN', async () => {
    const reader = await signUpWith(testApp, ['users:read', 'sessions:revoke']);
    const answer = await send(testApp, SuspendUser, { id: ada.id, reason }, reader);
    expect(codesOf(answer)).toEqual(['FORBIDDEN']);
  });
});
