import { randomUUID } from 'node:crypto';
import argon2 from 'argon2';
import { beforeEach, describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { allMailsWorked, mailedToken } from '../support/mails.ts';
import { type Person, signUpAdmin } from '../support/people.ts';
import { ask } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const Invite = graphql(`
  mutation InviteSomebody($input: CreateUserInput!) { createUser(input: $input) { __typename } }
`);
const AcceptInvite = graphql(`
  mutation AcceptInvite($input: ResetPasswordInput!) {
    resetPassword(input: $input) {
      __typename
      ... on InvalidTokenError { reason }
      ... on ValidationError { issues { path } }
    }
  }
`);
const SignIn = graphql(`
  mutation InvitedSignIn($input: SignInInput!) { signIn(input: $input) { __typename } }
`);
const RequestReset = graphql(`
  mutation InvitedRequestReset($input: EmailInput!) {
    requestPasswordReset(input: $input) { __typename }
  }
`);

const testApp = useTestApp();
const newPassword = 'nine otters under the pier';

let admin: Person;
let email: string;
beforeEach(async () => {
  admin = await signUpAdmin(testApp);
  email = `${randomUUID()}@example.com`;
});

const invite = async (more: { passwordHash?: string } = {}) => {
  const input = { email, displayName: 'Grace', sendInvite: true, ...more };
  await ask(testApp, Invite, { input }, admin);
  return mailedToken(testApp, email, 'accept-invite');
};
const accept = async (token: string, password = newPassword) =>
  (await ask(testApp, AcceptInvite, { input: { token, newPassword: password } })).resetPassword;
const signIn = async (password = newPassword) =>
  (await ask(testApp, SignIn, { input: { email, password } })).signIn?.__typename;
const account = () =>
  testApp.database.prisma.user.findUniqueOrThrow({
    where: { email },
    include: { sessions: true, password: true },
  });
const refused = (reason: string) => ({ __typename: 'InvalidTokenError', reason });

describe('the token of an invitation', () => {
  it('sets a password and confirms the address, once', async () => {
    const token = await invite();
    expect(await accept(token)).toEqual({ __typename: 'Ack' });
    expect(await account()).toMatchObject({ emailVerifiedAt: expect.any(Date), version: 2 });
    expect(await signIn()).toBe('AuthPayload');
    expect(await accept(token)).toEqual(refused('CONSUMED'));
  });

  it('is kept in the audit trail as what it is, and warns nobody', async () => {
    const { id } = await invite().then(async (token) => {
      await accept(token);
      return account();
    });
    const { prisma } = testApp.database;
    const entry = await prisma.auditEvent.findFirstOrThrow({
      where: { action: 'user.invite-accepted' },
    });
    expect(entry).toMatchObject({ actorId: id, targetId: id });
    await allMailsWorked(testApp);
    const mails = (await testApp.outbox.list()).filter(({ to }) => to === email);
    expect(mails.map(({ subject }) => subject)).toEqual(['You are invited']);
  });

  it('ends what the password of another system has begun, and tells the user', async () => {
    const token = await invite({ passwordHash: await argon2.hash('the old one of them') });
    expect(await signIn('the old one of them')).toBe('AuthPayload');
    await accept(token);
    expect((await account()).sessions).toMatchObject([{ revokeReason: 'PASSWORD_CHANGED' }]);
    expect(await signIn('the old one of them')).toBe('InvalidCredentialsError');
    await allMailsWorked(testApp);
    const mails = (await testApp.outbox.list()).filter(({ to }) => to === email);
    expect(mails.map(({ subject }) => subject)).toContain('Your password was changed');
  });

  it('stays good when the password is refused', async () => {
    const token = await invite();
    expect(await accept(token, 'short')).toMatchObject({
      issues: [{ path: ['input', 'newPassword'] }],
    });
    expect((await account()).password).toBeNull();
    expect(await accept(token)).toEqual({ __typename: 'Ack' });
  });

  it('works for seven days', async () => {
    const token = await invite();
    email = `${randomUUID()}@example.com`;
    const other = await invite();
    testApp.clock.advance(7 * 86_400 - 60);
    expect(await accept(token)).toEqual({ __typename: 'Ack' });
    testApp.clock.advance(120);
    expect(await accept(other)).toEqual(refused('EXPIRED'));
  });

  it('is overtaken by a password that was chosen by a reset, and overtakes that', async () => {
    const token = await invite();
    await ask(testApp, RequestReset, { input: { email } });
    const reset = await mailedToken(testApp, email, 'reset-password');
    expect(await accept(reset)).toEqual({ __typename: 'Ack' });
    expect(await accept(token)).toEqual(refused('CONSUMED'));
  });

  it('does not hold for another address of the account', async () => {
    const token = await invite();
    const { id } = await account();
    email = `${randomUUID()}@example.com`;
    await testApp.database.prisma.user.update({ where: { id }, data: { email } });
    expect(await accept(token)).toEqual(refused('REVOKED'));
  });

  it('leaves nothing of itself in the database', async () => {
    const token = await invite();
    const rows = await testApp.database.prisma.$queryRaw`
      SELECT to_jsonb(t)::text || (SELECT coalesce(string_agg(data::text, ''), '') FROM pgboss.job)
      FROM mailed_token t`;
    expect(JSON.stringify(rows)).not.toContain(token);
  });
});
