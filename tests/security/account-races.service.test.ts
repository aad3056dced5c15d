import { randomUUID } from 'node:crypto';
import argon2 from 'argon2';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MailedTokenPurpose } from '../../src/generated/prisma/client.ts';
import { signInCodeOf } from '../../src/modules/auth/sign-in-code.ts';
import { createKeyring } from '../../src/platform/keyring.ts';
import { issueOneTimeToken } from '../../src/platform/one-time-token.ts';
import { graphql } from '../generated/index.ts';
import { anyAddress, type Person, signUp } from '../support/people.ts';
import { createRace, rows, table } from '../support/race.ts';
import { createRandom } from '../support/random.ts';
import { ask } from '../support/request.ts';
import { secretKey, useTestApp } from '../support/test-app.ts';

const VerifyEmail = graphql(`
  mutation AccountRacesVerifyEmail($input: TokenInput!) {
    verifyEmail(input: $input) { __typename ... on InvalidTokenError { reason } }
  }
`);
const ConfirmEmailChange = graphql(`
  mutation AccountRacesConfirmEmailChange($input: TokenInput!) {
    confirmEmailChange(input: $input) { __typename ... on InvalidTokenError { reason } }
  }
`);
const ResetPassword = graphql(`
  mutation AccountRacesResetPassword($input: ResetPasswordInput!) {
    resetPassword(input: $input) { __typename ... on InvalidTokenError { reason } }
  }
`);
const SignInWithCode = graphql(`
  mutation AccountRacesSignInWithCode($input: SignInWithCodeInput!) {
    signInWithCode(input: $input) { __typename ... on InvalidTokenError { reason } }
  }
`);

const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);
const random = createRandom(seed);
const rounds = 20;
const keyring = createKeyring(secretKey, null);

type Outcome = { __typename: string; reason?: string } | null | undefined;

const consumed = { __typename: 'InvalidTokenError', reason: 'CONSUMED' };
const taken = { __typename: 'ConflictError' };

describe(`what changes an account at the same moment (TEST_SEED=${seed})`, {
  timeout: 30_000,
}, () => {
  const testApp = useTestApp();
  let ada: Person;
  beforeEach(async () => {
    if (testApp.database.driver.kind !== 'postgres') throw new Error('It needs PostgreSQL.');
    ada = await signUp(testApp);
  });

  const inAnHour = () => new Date(Date.now() + 3_600_000);
  const requestMail = async (purpose: MailedTokenPurpose, email: string, userId?: string) => {
    const data = { purpose, email, userId: userId ?? null, expiresAt: inAnHour() };
    return (await testApp.database.prisma.mailedToken.create({ data })).id;
  };
  const requestReset = async () =>
    issueOneTimeToken(keyring, 'reset-password', await requestMail('RESET_PASSWORD', ada.email));
  const reset = async (token: string, newPassword: string): Promise<Outcome> => {
    const input = { token, newPassword };
    return (await ask(testApp, ResetPassword, { input }, anyone())).resetPassword;
  };
  const anyone = () => ({ ipAddress: anyAddress() });
  const race = createRace(testApp, random);

  it('gives an address to one: a sign-up, or an account that takes it', async () => {
    const { prisma } = testApp.database;
    for (let round = 0; round < rounds; round++) {
      const email = `${randomUUID()}@example.org`;
      const data = { email, displayName: 'Eve', passwordHash: 'none', expiresAt: inAnHour() };
      const { id: signUpId } = await prisma.signUp.create({ data });
      const changeId = await requestMail('CHANGE_EMAIL', email, ada.userId);
      const verify = { token: issueOneTimeToken(keyring, 'verify-email', signUpId) };
      const change = { token: issueOneTimeToken(keyring, 'change-email', changeId) };
      const [signedUp, moved] = await race(
        [rows('sign_up'), table('user')],
        async () => (await ask(testApp, VerifyEmail, { input: verify }, anyone())).verifyEmail,
        async () =>
          (await ask(testApp, ConfirmEmailChange, { input: change }, anyone())).confirmEmailChange,
      );
      const { id } = await prisma.user.findUniqueOrThrow({ where: { email } });
      if (id === ada.userId) {
        expect([signedUp, moved]).toEqual([consumed, { __typename: 'User' }]);
      } else {
        expect(signedUp).toEqual({ __typename: 'AuthPayload' });
        expect([consumed, taken]).toContainEqual(moved);
      }
    }
  });

  it('leaves no session that began before a new password, though a code began it', async () => {
    const { prisma } = testApp.database;
    for (let round = 0; round < rounds; round++) {
      const [witness = { id: '' }] = await prisma.$queryRaw<{ id: string }[]>`
        INSERT INTO session (id, user_id, salt, authenticated_at, expires_at, idle_expires_at)
        VALUES (gen_random_uuid(), ${ada.userId}::uuid, '\\x00', now(), now() + interval '1 day',
          now() + interval '1 day') RETURNING id`;
      // Those that came too late before count as tries of wrong ones.
      await prisma.mailedToken.deleteMany();
      const token = await requestReset();
      const code = signInCodeOf(keyring, await requestMail('SIGN_IN_CODE', ada.email));
      const input = { email: ada.email, code };
      const [changed, signedIn] = await race(
        [table('session'), rows('user'), rows('mailed_token')],
        () => reset(token, 'nine otters under the pier'),
        async () => (await ask(testApp, SignInWithCode, { input }, anyone())).signInWithCode,
      );
      expect(changed).toEqual({ __typename: 'Ack' });
      expect([{ __typename: 'AuthPayload' }, consumed]).toContainEqual(signedIn);
      // Ended when the others were.
      const { revokedAt } = await prisma.session.findUniqueOrThrow({ where: witness });
      const survivors = await prisma.session.findMany({
        where: { revokedAt: null, authenticatedAt: { lt: revokedAt ?? new Date(0) } },
        select: { amr: true, authenticatedAt: true },
      });
      expect([revokedAt, survivors]).toEqual([expect.any(Date), []]);
    }
  });

  it('sets the password of one link, and refuses the other: CONSUMED', async () => {
    for (let round = 0; round < rounds; round++) {
      const passwords = ['nine otters under the pier', 'ten badgers on the old roof'];
      const [one = '', other = ''] = [await requestReset(), await requestReset()];
      const answers = await race(
        [rows('user'), rows('mailed_token'), table('password_credential')],
        () => reset(one, passwords[0] ?? ''),
        () => reset(other, passwords[1] ?? ''),
      );
      const winner = answers.findIndex((answer) => answer?.__typename === 'Ack');
      expect(answers[1 - winner]).toEqual(consumed);
      const where = { userId: ada.userId };
      const { hash } = await testApp.database.prisma.passwordCredential.findUniqueOrThrow({
        where,
      });
      expect(await argon2.verify(hash, passwords[winner] ?? '')).toBe(true);
    }
  });
});
