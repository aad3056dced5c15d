import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { allMailsWorked, mailedToken, mailsTo } from '../support/mails.ts';
import { anyAddress, type Person, signIn, signUp, suspend } from '../support/people.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { watchStatements } from '../support/statements.ts';
import { dumpTables } from '../support/table-dump.ts';
import { useTestApp } from '../support/test-app.ts';

const RequestPasswordReset = graphql(`
  mutation RequestPasswordReset($input: EmailInput!) {
    requestPasswordReset(input: $input) {
      __typename
      ... on Accepted { accepted message }
      ... on ValidationError { issues { path } }
      ... on RateLimitedError { scope }
    }
  }
`);

const ResetPassword = graphql(`
  mutation ResetPassword($input: ResetPasswordInput!) {
    resetPassword(input: $input) {
      __typename
      ... on Ack { ok }
      ... on InvalidTokenError { reason }
      ... on ValidationError { issues { path code } }
      ... on RateLimitedError { scope }
    }
  }
`);

const SignInAnew = graphql(`
  mutation SignInAfterReset($input: SignInInput!) { signIn(input: $input) { __typename } }
`);

const Me = graphql(`
  query MeAfterReset { me { id } }
`);

const newPassword = 'nine otters under the pier';
const done = { __typename: 'Ack', ok: true };
const unfit = (reason: string) => ({ __typename: 'InvalidTokenError', reason });

describe('a lost password', () => {
  const testApp = useTestApp();
  const request = async (email: string, ipAddress = anyAddress()) =>
    (await ask(testApp, RequestPasswordReset, { input: { email } }, { ipAddress }))
      .requestPasswordReset;
  const reset = async (token: string, password = newPassword) =>
    (await ask(testApp, ResetPassword, { input: { token, newPassword: password } })).resetPassword;
  const signInWith = async (email: string, password: string) =>
    (await ask(testApp, SignInAnew, { input: { email, password } })).signIn?.__typename;

  /** Asks for a link and takes its token out of the mail. */
  async function requestToken({ email }: Person, count = 1): Promise<string> {
    await request(email);
    return mailedToken(testApp, email, 'reset-password', count);
  }

  it('is replaced by the token of a mail, once', async () => {
    const ada = await signUp(testApp);
    const token = await requestToken(ada);
    expect(await reset(token)).toEqual(done);
    expect(await signInWith(ada.email, newPassword)).toBe('AuthPayload');
    expect(await signInWith(ada.email, ada.password)).toBe('InvalidCredentialsError');
    expect(await reset(token, 'ten otters under the pier')).toEqual(unfit('CONSUMED'));
    expect(await signInWith(ada.email, newPassword)).toBe('AuthPayload');
  });

  it('ends every session and signs nobody in', async () => {
    const ada = await signUp(testApp);
    const phone = await signIn(testApp, ada);
    const grace = await signUp(testApp, 'Grace Hopper');
    await reset(await requestToken(ada));
    for (const { accessToken } of [ada, phone]) {
      expect(codesOf(await send(testApp, Me, {}, { accessToken }))).toEqual(['UNAUTHENTICATED']);
    }
    expect(codesOf(await send(testApp, Me, {}, { accessToken: grace.accessToken }))).toEqual([]);
    const reasons = await testApp.database.prisma.session.findMany({
      where: { userId: ada.userId },
      select: { revokeReason: true },
    });
    expect(reasons).toEqual(Array(2).fill({ revokeReason: 'PASSWORD_CHANGED' }));
  });

  it('leaves an audit entry, a warning and a notice by mail, and no secret', async () => {
    const ada = await signUp(testApp);
    const token = await requestToken(ada);
    await reset(token);
    await allMailsWorked(testApp);
    const tables = await dumpTables(testApp.database);
    const { prisma } = testApp.database;
    const where = { action: 'password.reset', targetId: ada.userId, actorId: ada.userId };
    expect(await prisma.auditEvent.count({ where })).toBe(1);
    const [notice] = await prisma.loggedEvent.findMany({ where: { type: 'SecurityNotice' } });
    expect(notice).toMatchObject({ userId: ada.userId, data: { kind: 'PASSWORD_CHANGED' } });
    await mailsTo(testApp, ada.email, 1, /password .* (was|has been) changed/i);
    for (const secret of [token, newPassword]) {
      expect(JSON.stringify(tables)).not.toContain(secret);
      expect(testApp.logged.lines.join('\n')).not.toContain(secret);
    }
  });

  it('waits 30 minutes for its link, and no longer: EXPIRED', async () => {
    const ada = await signUp(testApp);
    const token = await requestToken(ada);
    testApp.clock.advance(30 * 60 - 5);
    expect(await reset(token, 'short')).toMatchObject({ __typename: 'ValidationError' });
    testApp.clock.advance(10);
    expect(await reset(token)).toEqual(unfit('EXPIRED'));
  });

  it('keeps the link good when the new password is refused: VALIDATION_FAILED', async () => {
    const ada = await signUp(testApp);
    const token = await requestToken(ada);
    const issues = [{ path: ['input', 'newPassword'], code: 'too_small' }];
    expect(await reset(token, 'short')).toEqual({ __typename: 'ValidationError', issues });
    expect(await reset(token)).toEqual(done);
  });

  it('has its other links voided by the first that is followed: CONSUMED', async () => {
    const ada = await signUp(testApp);
    const first = await requestToken(ada);
    const second = await requestToken(ada, 2);
    expect(await reset(second)).toEqual(done);
    expect(await reset(first)).toEqual(unfit('CONSUMED'));
  });

  it('is replaced by one alone of those who follow a link at once', async () => {
    const ada = await signUp(testApp);
    const token = await requestToken(ada);
    const answers = await Promise.all(Array.from({ length: 5 }, () => reset(token)));
    const members = answers.map((answer) => answer?.__typename).sort();
    expect(members).toEqual(['Ack', ...Array(4).fill('InvalidTokenError')]);
  });

  it.each([
    ['nonsense', 'x'],
    ['an empty text', ''],
    ['a token of another purpose', 'verify-email'],
  ])('takes no token that is %s: UNKNOWN', async (_, given) => {
    const { email } = await signUp(testApp);
    const [mail] = await mailsTo(testApp, email, 1, /#token=/);
    const foreign = /#token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
    expect(await reset(given === 'verify-email' ? foreign : given)).toEqual(unfit('UNKNOWN'));
  });

  it('can be replaced while the account is suspended, which stays so', async () => {
    const ada = await signUp(testApp);
    const token = await requestToken(ada);
    await suspend(testApp, ada);
    expect(await reset(token)).toEqual(done);
    expect(await signInWith(ada.email, newPassword)).toBe('AccountUnavailableError');
  });

  it('is asked for alike for every address: the same answer, rows and statements', async () => {
    const { email } = await signUp(testApp);
    await allMailsWorked(testApp);
    const watch = watchStatements(testApp.database);
    const known = await watch.record(() => request(email));
    await allMailsWorked(testApp);
    const unknown = await watch.record(() => request(`${randomUUID()}@example.com`));
    expect(unknown.result).toEqual(known.result);
    expect(unknown.sent).toEqual(known.sent);
  });

  it('tells the owner of an address without an account so, and no more', async () => {
    const email = `${randomUUID()}@example.com`;
    await request(email);
    const [mail] = await mailsTo(testApp, email);
    expect(mail?.text).toMatch(/no account/i);
    expect(mail?.text).not.toContain('#token=');
  });

  it('is asked for 5 times an hour from one client: RATE_LIMITED', async () => {
    const ipAddress = anyAddress();
    const email = `${randomUUID()}@example.com`;
    for (let count = 0; count < 5; count++) {
      expect(await request(email, ipAddress)).toMatchObject({ __typename: 'Accepted' });
    }
    expect(await request(email, ipAddress)).toMatchObject({
      __typename: 'RateLimitedError',
      scope: 'CLIENT_IP_AND_ACCOUNT',
    });
  });

  it('is not asked for by what is no address: VALIDATION_FAILED', async () => {
    expect(await request('nobody')).toMatchObject({ issues: [{ path: ['input', 'email'] }] });
  });
});
