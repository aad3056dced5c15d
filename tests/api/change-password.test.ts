import { describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { mailedToken, mailsTo } from '../support/mails.ts';
import { anyAddress, type Person, signIn, signUp } from '../support/people.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const ChangePassword = graphql(`
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) {
      __typename
      ... on User { id email }
      ... on InvalidCredentialsError { code }
      ... on ValidationError { issues { path code } }
      ... on RateLimitedError { scope }
    }
  }
`);

const SignInWithChanged = graphql(`
  mutation SignInWithChanged($input: SignInInput!) { signIn(input: $input) { __typename } }
`);

const AskForReset = graphql(`
  mutation AskForResetBeforeChange($input: EmailInput!) {
    requestPasswordReset(input: $input) { __typename }
  }
`);

const ResetAfterChange = graphql(`
  mutation ResetAfterChange($input: ResetPasswordInput!) {
    resetPassword(input: $input) { __typename ... on InvalidTokenError { reason } }
  }
`);

const Me = graphql(`
  query MeAfterChange { me { id } }
`);

const newPassword = 'nine otters under the pier';

describe('changePassword', () => {
  const testApp = useTestApp();
  const change = async (
    { accessToken, password }: Person,
    changed: { currentPassword?: string; newPassword?: string; revokeOtherSessions?: boolean } = {},
    ipAddress = anyAddress(),
  ) => {
    const input = { currentPassword: password, newPassword, ...changed };
    const answer = await ask(testApp, ChangePassword, { input }, { accessToken, ipAddress });
    return answer.changePassword;
  };
  const isSignedIn = async ({ accessToken }: Person) =>
    codesOf(await send(testApp, Me, {}, { accessToken })).length === 0;
  const signInWith = async (email: string, password: string) =>
    (await ask(testApp, SignInWithChanged, { input: { email, password } })).signIn?.__typename;

  it('sets another password and answers the account', async () => {
    const ada = await signUp(testApp);
    expect(await change(ada)).toEqual({ __typename: 'User', id: ada.id, email: ada.email });
    expect(await signInWith(ada.email, newPassword)).toBe('AuthPayload');
    expect(await signInWith(ada.email, ada.password)).toBe('InvalidCredentialsError');
  });

  it('ends the other sessions by default, never the one that asks', async () => {
    const ada = await signUp(testApp);
    const phone = await signIn(testApp, ada);
    await change(ada);
    expect(await isSignedIn(ada)).toBe(true);
    expect(await isSignedIn(phone)).toBe(false);
  });

  it('leaves the other sessions on request', async () => {
    const ada = await signUp(testApp);
    const phone = await signIn(testApp, ada);
    await change(ada, { revokeOtherSessions: false });
    expect(await isSignedIn(phone)).toBe(true);
  });

  it('leaves an audit entry, a warning and a notice by mail', async () => {
    const ada = await signUp(testApp);
    await change(ada);
    const { prisma } = testApp.database;
    const where = { action: 'password.changed', targetId: ada.userId, actorId: ada.userId };
    expect(await prisma.auditEvent.count({ where })).toBe(1);
    const data = { kind: 'PASSWORD_CHANGED', sessionId: ada.sessionId };
    expect(await prisma.loggedEvent.findMany({ where: { type: 'SecurityNotice' } })).toMatchObject([
      { userId: ada.userId, data },
    ]);
    await mailsTo(testApp, ada.email, 1, /password .* (was|has been) changed/i);
  });

  it('refuses who does not know the present password: INVALID_CREDENTIALS', async () => {
    const ada = await signUp(testApp);
    const phone = await signIn(testApp, ada);
    expect(await change(ada, { currentPassword: 'wrong' })).toEqual({
      __typename: 'InvalidCredentialsError',
      code: 'INVALID_CREDENTIALS',
    });
    expect(await isSignedIn(phone)).toBe(true);
    expect(await signInWith(ada.email, ada.password)).toBe('AuthPayload');
  });

  it('refuses a password that a new account could not have: VALIDATION_FAILED', async () => {
    const ada = await signUp(testApp);
    const issues = [{ path: ['input', 'newPassword'], code: 'too_small' }];
    expect(await change(ada, { newPassword: 'short' })).toEqual({
      __typename: 'ValidationError',
      issues,
    });
  });

  it('refuses a stranger: UNAUTHENTICATED', async () => {
    const input = { currentPassword: 'x', newPassword };
    expect(codesOf(await send(testApp, ChangePassword, { input }))).toEqual(['UNAUTHENTICATED']);
  });

  it('lets nobody try passwords without end: RATE_LIMITED', async () => {
    const ada = await signUp(testApp);
    const ipAddress = anyAddress();
    for (let count = 0; count < 10; count++) {
      const answer = await change(ada, { currentPassword: `wrong ${count}` }, ipAddress);
      expect(answer?.__typename).toBe('InvalidCredentialsError');
    }
    expect(await change(ada, {}, ipAddress)).toMatchObject({ __typename: 'RateLimitedError' });
  });

  it('is won by one alone of two changes at once', async () => {
    const ada = await signUp(testApp);
    const passwords = ['nine otters under the pier', 'ten otters under the pier'];
    const answers = await Promise.all(
      passwords.map((chosen) => change(ada, { newPassword: chosen })),
    );
    const members = answers.map((answer) => answer?.__typename).sort();
    expect(members).toEqual(['InvalidCredentialsError', 'User']);
    const signIns = await Promise.all(passwords.map((chosen) => signInWith(ada.email, chosen)));
    expect(signIns.sort()).toEqual(['AuthPayload', 'InvalidCredentialsError']);
  });

  it('voids the links that were mailed to set a password', async () => {
    const ada = await signUp(testApp);
    await ask(testApp, AskForReset, { input: { email: ada.email } });
    const token = await mailedToken(testApp, ada.email, 'reset-password');
    await change(ada);
    const input = { token, newPassword: 'eleven otters under the pier' };
    expect((await ask(testApp, ResetAfterChange, { input })).resetPassword).toEqual({
      __typename: 'InvalidTokenError',
      reason: 'CONSUMED',
    });
  });
});
