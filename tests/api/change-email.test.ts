import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { allMailsWorked, mailedToken, mailsTo } from '../support/mails.ts';
import { anyAddress, type Person, signUp, signUpAdmin, suspend } from '../support/people.ts';
import { postGraphql } from '../support/raw-request.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { watchStatements } from '../support/statements.ts';
import { useTestApp } from '../support/test-app.ts';

const RequestEmailChange = graphql(`
  mutation RequestEmailChange($input: EmailInput!) {
    requestEmailChange(input: $input) {
      __typename
      ... on Accepted { message }
      ... on StepUpRequiredError { code methods maxAgeSeconds }
      ... on ValidationError { issues { path code } }
    }
  }
`);

const ConfirmEmailChange = graphql(`
  mutation ConfirmEmailChange($input: TokenInput!) {
    confirmEmailChange(input: $input) {
      __typename
      ... on User { id email version }
      ... on InvalidTokenError { reason }
      ... on ConflictError { code }
    }
  }
`);

const Reauthenticate = graphql(`
  mutation ReauthenticateForEmail($input: ReauthenticateInput!) {
    reauthenticate(input: $input) { __typename }
  }
`);

const SignInByAddress = graphql(`
  mutation SignInByAddress($input: SignInInput!) { signIn(input: $input) { __typename } }
`);

const SignUpAt = graphql(`
  mutation SignUpAtNewAddress($input: SignUpInput!) { signUp(input: $input) { __typename } }
`);

const VerifyAt = graphql(`
  mutation VerifyAtNewAddress($input: TokenInput!) {
    verifyEmail(input: $input) { __typename ... on InvalidTokenError { reason } }
  }
`);

const anyone = () => `${randomUUID()}@example.org`;

describe('a change of address', () => {
  const testApp = useTestApp();
  let newAddress: string;
  beforeEach(() => {
    newAddress = anyone();
  });
  const request = async ({ accessToken }: Person, email = newAddress) =>
    (
      await ask(
        testApp,
        RequestEmailChange,
        { input: { email } },
        { accessToken, ipAddress: anyAddress() },
      )
    ).requestEmailChange;
  const confirm = async (token: string) =>
    (await ask(testApp, ConfirmEmailChange, { input: { token } })).confirmEmailChange;
  const signInWith = async (email: string, { password }: Person) =>
    (await ask(testApp, SignInByAddress, { input: { email, password } })).signIn?.__typename;
  const tokenAt = (email = newAddress, count = 1) =>
    mailedToken(testApp, email, 'confirm-email-change', count);

  it('counts once the new address confirms it', async () => {
    const ada = await signUp(testApp);
    expect(await request(ada)).toMatchObject({ __typename: 'Accepted' });
    const token = await tokenAt();
    expect(await signInWith(newAddress, ada)).toBe('InvalidCredentialsError');
    expect(await confirm(token)).toEqual({
      __typename: 'User',
      id: ada.id,
      email: newAddress,
      version: 2,
    });
    expect(await signInWith(newAddress, ada)).toBe('AuthPayload');
    expect(await signInWith(ada.email, ada)).toBe('InvalidCredentialsError');
    expect(await confirm(token)).toEqual({ __typename: 'InvalidTokenError', reason: 'CONSUMED' });
  });

  it('warns the old address when it is asked for and when it is done', async () => {
    const ada = await signUp(testApp);
    await request(ada);
    await mailsTo(testApp, ada.email, 1, /replace this address/);
    await confirm(await tokenAt());
    await mailsTo(testApp, ada.email, 1, /address .* (was|has been) changed/i);
    const { prisma } = testApp.database;
    const events = await prisma.loggedEvent.findMany({ where: { userId: ada.userId } });
    expect(events.map(({ type, data }) => ({ type, data }))).toEqual(
      expect.arrayContaining([
        { type: 'SecurityNotice', data: { kind: 'EMAIL_CHANGED' } },
        {
          type: 'UserChanged',
          data: expect.objectContaining({ changedFields: ['email', 'emailVerifiedAt'] }),
        },
      ]),
    );
    const acts = ['user.email-change-requested', 'user.email-changed'];
    const where = { action: { in: acts }, targetId: ada.userId, actorId: ada.userId };
    expect(await prisma.auditEvent.count({ where })).toBe(2);
  });

  it('never tells the whole new address to the old one', async () => {
    const ada = await signUp(testApp);
    await request(ada);
    const [warning] = await mailsTo(testApp, ada.email, 1, /replace this address/);
    expect(warning?.text).not.toContain(newAddress);
  });

  it('needs a recent proof, which reauthenticate gives: STEP_UP_REQUIRED', async () => {
    const ada = await signUp(testApp);
    const { prisma } = testApp.database;
    await prisma.session.update({
      where: { id: ada.sessionId },
      data: { authenticatedAt: new Date(Date.now() - 601_000) },
    });
    await prisma.$executeRaw`SELECT pg_notify('latchkey_access', '"everybody"')`;
    expect(await request(ada)).toEqual({
      __typename: 'StepUpRequiredError',
      code: 'STEP_UP_REQUIRED',
      methods: ['PASSWORD'],
      maxAgeSeconds: 600,
    });
    const input = { method: 'PASSWORD' as const, password: ada.password };
    const { reauthenticate } = await ask(testApp, Reauthenticate, { input }, ada);
    expect(reauthenticate?.__typename).toBe('AuthPayload');
    expect(await request(ada)).toMatchObject({ __typename: 'Accepted' });
  });

  it('is asked for alike whether or not the new address has an account', async () => {
    const ada = await signUp(testApp);
    const grace = await signUp(testApp, 'Grace Hopper');
    // Once before, or the first one would have to look up who calls.
    await request(ada, anyone());
    await allMailsWorked(testApp);
    const watch = watchStatements(testApp.database);
    const taken = await watch.record(() => request(ada, grace.email));
    await allMailsWorked(testApp);
    const free = await watch.record(() => request(ada));
    expect(taken.result).toEqual(free.result);
    expect(taken.sent).toEqual(free.sent);
  });

  it('sends no link to an address that has an account', async () => {
    const ada = await signUp(testApp);
    const grace = await signUp(testApp, 'Grace Hopper');
    await request(ada, grace.email);
    const [mail] = await mailsTo(testApp, grace.email, 1, /account with it already/);
    expect(mail?.text).not.toContain('#token=');
  });

  it('is refused when the address has got an account meanwhile: CONFLICT', async () => {
    const ada = await signUp(testApp);
    const grace = await signUp(testApp, 'Grace Hopper');
    await request(ada);
    const token = await tokenAt();
    await testApp.database.prisma.user.update({
      where: { id: grace.userId },
      data: { email: newAddress },
    });
    expect(await confirm(token)).toEqual({ __typename: 'ConflictError', code: 'CONFLICT' });
    expect(await signInWith(ada.email, ada)).toBe('AuthPayload');
  });

  it('leaves nothing of a sign-up that waited with the new address', async () => {
    const ada = await signUp(testApp);
    const input = { email: newAddress, password: 'nine otters under the pier', displayName: 'Eve' };
    await ask(testApp, SignUpAt, { input });
    const [mail] = await mailsTo(testApp, newAddress, 1, /verify-email/);
    const signUpToken = /#token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
    await request(ada);
    await confirm(await tokenAt());
    expect((await ask(testApp, VerifyAt, { input: { token: signUpToken } })).verifyEmail).toEqual({
      __typename: 'InvalidTokenError',
      reason: 'CONSUMED',
    });
  });

  it('goes to the address that was asked for last: CONSUMED', async () => {
    const ada = await signUp(testApp);
    await request(ada);
    const first = await tokenAt();
    const other = anyone();
    await request(ada, other);
    expect(await confirm(first)).toEqual({ __typename: 'InvalidTokenError', reason: 'CONSUMED' });
    expect(await confirm(await tokenAt(other))).toMatchObject({ id: ada.id });
  });

  it('is not made for an account that may not be used: REVOKED', async () => {
    const ada = await signUp(testApp);
    await request(ada);
    const token = await tokenAt();
    await suspend(testApp, ada);
    expect(await confirm(token)).toEqual({ __typename: 'InvalidTokenError', reason: 'REVOKED' });
  });

  it.each([
    ['signs out everywhere', 'mutation { signOut(everywhere: true) { __typename } }'],
    ['ends their other sessions', 'mutation { revokeOtherSessions { __typename } }'],
  ])('is void once its user %s: CONSUMED', async (_act, query) => {
    const ada = await signUp(testApp);
    await request(ada);
    const token = await tokenAt();
    const headers = { authorization: `Bearer ${ada.accessToken}` };
    expect((await postGraphql(testApp, { query }, headers)).status).toBe(200);
    expect(await confirm(token)).toMatchObject({ reason: 'CONSUMED' });
  });

  it.each([
    ['suspends its user', 'suspendUser(id: $id, reason: "x")'],
    ['ends the sessions of its user', 'revokeUserSessions(userId: $id)'],
    ['gives its user a role', 'updateUser(id: $id, input: { roles: ["admin"] })'],
  ])('is void once an administrator %s: CONSUMED', async (_act, field) => {
    const [ada, admin] = [await signUp(testApp), await signUpAdmin(testApp)];
    await request(ada);
    const token = await tokenAt();
    const query = `mutation ($id: ID!) { ${field} { __typename } }`;
    const headers = { authorization: `Bearer ${admin.accessToken}` };
    await postGraphql(testApp, { query, variables: { id: ada.id } }, headers);
    expect(await confirm(token)).toMatchObject({ reason: 'CONSUMED' });
  });

  it('takes the requests of the former address along', async () => {
    const ada = await signUp(testApp);
    const ask = {
      query: `mutation { requestSignInCode(input: { email: "${ada.email}" }) { __typename } }`,
    };
    await postGraphql(testApp, ask);
    await request(ada);
    await confirm(await tokenAt());
    const { prisma } = testApp.database;
    const rows = await prisma.mailedToken.findMany({ where: { email: ada.email } });
    expect(rows.map(({ userId }) => userId)).toEqual([ada.userId]);
  });

  it('needs another address than the present one: VALIDATION_FAILED', async () => {
    const ada = await signUp(testApp);
    expect(await request(ada, ada.email.toUpperCase())).toEqual({
      __typename: 'ValidationError',
      issues: [{ path: ['input', 'email'], code: 'unchanged' }],
    });
  });

  it('is not asked for by a stranger: UNAUTHENTICATED', async () => {
    const answer = await send(testApp, RequestEmailChange, { input: { email: newAddress } });
    expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
  });

  it('waits an hour for its confirmation: EXPIRED', async () => {
    const ada = await signUp(testApp);
    await request(ada);
    const token = await tokenAt();
    testApp.clock.advance(60 * 60 + 1);
    expect(await confirm(token)).toEqual({ __typename: 'InvalidTokenError', reason: 'EXPIRED' });
  });
});
