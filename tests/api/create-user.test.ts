import { randomUUID } from 'node:crypto';
import argon2 from 'argon2';
import bcrypt from 'bcrypt';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CreateUserInput } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { listEvents } from '../support/listed-events.ts';
import { allMailsWorked, mailedCode, mailedToken, mailsTo } from '../support/mails.ts';
import {
  ageProof,
  databaseId,
  type Person,
  signUp,
  signUpAdmin,
  signUpWith,
} from '../support/people.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const CreateUser = graphql(`
  mutation CreateUser($input: CreateUserInput!) {
    createUser(input: $input) {
      __typename
      ... on User {
        id email emailVerifiedAt displayName locale status version roles { key }
      }
      ... on ConflictError { message path }
      ... on ValidationError { issues { path code } }
    }
  }
`);
const CreateUserId = graphql(`
  mutation CreateUserId($input: CreateUserInput!) {
    createUser(input: $input) { __typename ... on User { id } }
  }
`);
const SignIn = graphql(`
  mutation CreatedSignIn($input: SignInInput!) { signIn(input: $input) { __typename } }
`);
const SignUp = graphql(`
  mutation CreatedSignUp($input: SignUpInput!) { signUp(input: $input) { __typename } }
`);
const VerifyEmail = graphql(`
  mutation CreatedVerifyEmail($input: TokenInput!) {
    verifyEmail(input: $input) { __typename ... on InvalidTokenError { reason } }
  }
`);
const RequestReset = graphql(`
  mutation CreatedRequestReset($input: EmailInput!) {
    requestPasswordReset(input: $input) { __typename }
  }
`);
const ResetPassword = graphql(`
  mutation CreatedResetPassword($input: ResetPasswordInput!) {
    resetPassword(input: $input) { __typename }
  }
`);
const RequestCode = graphql(`
  mutation CreatedRequestCode($input: EmailInput!) {
    requestSignInCode(input: $input) { __typename }
  }
`);
const SignInWithCode = graphql(`
  mutation CreatedSignInWithCode($input: SignInWithCodeInput!) {
    signInWithCode(input: $input) {
      __typename
      ... on AuthPayload { user { emailVerifiedAt } }
    }
  }
`);

const testApp = useTestApp();
const displayName = 'Grace Hopper';
const password = 'nine otters under the pier';

let admin: Person;
let email: string;
beforeEach(async () => {
  admin = await signUpAdmin(testApp);
  email = `${randomUUID()}@example.com`;
});

const create = async (input: Partial<CreateUserInput> = {}, by = admin) =>
  (await ask(testApp, CreateUser, { input: { email, displayName, ...input } }, by)).createUser;
const signIn = async (secret = password) =>
  (await ask(testApp, SignIn, { input: { email, password: secret } })).signIn?.__typename;
const mailCount = async () => {
  await allMailsWorked(testApp);
  return (await testApp.outbox.list()).filter(({ to }) => to === email).length;
};

describe('createUser', () => {
  it('makes a user without a password, whose address is not confirmed, and invites them', async () => {
    const input = { email: `  ${email.toUpperCase()} `, locale: 'de' };
    expect(await create(input)).toEqual({
      __typename: 'User',
      id: expect.any(String),
      email,
      emailVerifiedAt: null,
      displayName,
      locale: 'de',
      status: 'ACTIVE',
      version: 1,
      roles: [{ key: 'user' }],
    });
    const [mail] = await mailsTo(testApp, email);
    expect(mail?.subject).toBe('Sie sind eingeladen');
    expect(mail?.text).toContain('/accept-invite#token=');
    expect(mail?.text).not.toContain('192.0.2.1');
    expect(await signIn('')).toBe('InvalidCredentialsError');
  });

  it('keeps in the audit trail who did it, and tells whoever follows users', async () => {
    const { createUser } = await ask(
      testApp,
      CreateUserId,
      { input: { email, displayName, roles: ['admin'] } },
      admin,
    );
    const id = createUser?.__typename === 'User' ? createUser.id : '';
    const entries = await testApp.database.prisma.auditEvent.findMany({
      where: { targetId: databaseId(id) },
      orderBy: { id: 'asc' },
    });
    expect(entries.map(({ action, actorId }) => [action, actorId])).toEqual([
      ['user.created', admin.userId],
      ['user.roles-changed', admin.userId],
      ['user.invited', admin.userId],
    ]);
    const { items } = await listEvents(testApp, admin, { topics: ['USER'] });
    expect(items.at(-1)?.event).toMatchObject({ change: 'CREATED', userId: id });
  });

  it('takes the hash of another system, and then invites nobody unless asked to', async () => {
    const passwordHash = await bcrypt.hash(password, 4);
    expect(await create({ passwordHash })).toMatchObject({ emailVerifiedAt: null });
    expect(await mailCount()).toBe(0);
    expect(await signIn()).toBe('AuthPayload');
    email = `${randomUUID()}@example.com`;
    await create({ passwordHash: await argon2.hash(password), sendInvite: true });
    expect(await mailCount()).toBe(1);
    expect(await signIn()).toBe('AuthPayload');
  });

  it.each([
    ['empty', ''],
    ['a clear password', password],
    ['bcrypt that asks for too much', `$2b$20$${'a'.repeat(53)}`],
    ['scrypt that asks for too much', '$scrypt$ln=24,r=8,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA'],
    ['PBKDF2 that asks for too much', '$pbkdf2-sha256$9999999$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA'],
    [
      'argon2 that asks for too much',
      `$argon2id$v=19$m=4194304,t=9,p=1$${'a'.repeat(22)}$${'a'.repeat(43)}`,
    ],
    ['MD5', '$1$salt$qJH7.N4xYta3aEG/dfqo/0'],
    ['very long', `$2b$04$${'a'.repeat(2000)}`],
  ])('refuses a hash that cannot be compared with: %s', async (_name, passwordHash) => {
    expect(await create({ passwordHash })).toMatchObject({
      __typename: 'ValidationError',
      issues: [{ path: ['input', 'passwordHash'] }],
    });
    expect(await testApp.database.prisma.user.findUnique({ where: { email } })).toBeNull();
  });

  it('confirms the address of whoever chooses a password by a reset', async () => {
    await create({ sendInvite: false });
    expect(await mailCount()).toBe(0);
    await ask(testApp, RequestReset, { input: { email } });
    const token = await mailedToken(testApp, email, 'reset-password');
    const reset = await ask(testApp, ResetPassword, { input: { token, newPassword: password } });
    expect(reset.resetPassword).toEqual({ __typename: 'Ack' });
    const user = await testApp.database.prisma.user.findUniqueOrThrow({ where: { email } });
    expect(user).toMatchObject({ emailVerifiedAt: expect.any(Date), version: 2 });
    expect(await signIn()).toBe('AuthPayload');
  });

  it('confirms the address of whoever signs in by a code', async () => {
    await create({ sendInvite: false });
    await ask(testApp, RequestCode, { input: { email } });
    const code = await mailedCode(testApp, email);
    const { signInWithCode } = await ask(testApp, SignInWithCode, { input: { email, code } });
    expect(signInWithCode).toMatchObject({ user: { emailVerifiedAt: expect.any(String) } });
  });

  it('refuses an address that has an account, in whatever case: CONFLICT', async () => {
    const ada = await signUp(testApp);
    expect(await create({ email: ada.email.toUpperCase() })).toEqual({
      __typename: 'ConflictError',
      message: 'There is an account with this address.',
      path: ['input', 'email'],
    });
  });

  it('takes the address from sign-ups that wait, before and after', async () => {
    const input = { email, password, displayName };
    await ask(testApp, SignUp, { input });
    const token = /#token=([\w-]+)/.exec((await mailsTo(testApp, email))[0]?.text ?? '')?.[1] ?? '';
    await create({ sendInvite: false });
    const { verifyEmail } = await ask(testApp, VerifyEmail, { input: { token } });
    expect(verifyEmail).toEqual({ __typename: 'InvalidTokenError', reason: 'CONSUMED' });
    await ask(testApp, SignUp, { input });
    const [mail] = await mailsTo(testApp, email, 2);
    expect(mail?.subject).toBe('You have an account already');
  });

  it('gives roles to whom the caller may give them', async () => {
    expect(await create({ roles: ['admin', 'user'] })).toMatchObject({
      roles: expect.arrayContaining([{ key: 'admin' }, { key: 'user' }]),
    });
    email = `${randomUUID()}@example.com`;
    expect(await create({ roles: ['nobody'] })).toMatchObject({
      issues: [{ path: ['input', 'roles', '0'], code: 'unknown_role' }],
    });
    const assigner = await signUpWith(testApp, ['users:read', 'users:write', 'roles:assign']);
    expect(await create({ roles: ['admin'] }, assigner)).toMatchObject({
      __typename: 'ConflictError',
    });
    expect(await testApp.database.prisma.user.findUnique({ where: { email } })).toBeNull();
  });

  it('asks for a recent proof before it gives roles: STEP_UP_REQUIRED', async () => {
    await ageProof(testApp, admin);
    const withRole = { input: { email, displayName, roles: ['admin'] } };
    expect(await ask(testApp, CreateUser, withRole, admin)).toEqual({
      createUser: { __typename: 'StepUpRequiredError' },
    });
    expect(await testApp.database.prisma.user.findUnique({ where: { email } })).toBeNull();
    expect(await create({ roles: ['user'] })).toMatchObject({ __typename: 'User' });
  });

  it('needs users:write, and roles:assign for roles: FORBIDDEN', async () => {
    const input = { email, displayName };
    const reader = await signUpWith(testApp, ['users:read', 'roles:assign']);
    expect(codesOf(await send(testApp, CreateUser, { input }, reader))).toEqual(['FORBIDDEN']);
    const editor = await signUpWith(testApp, ['users:read', 'users:write']);
    const withRole = { input: { ...input, roles: ['admin'] } };
    expect(codesOf(await send(testApp, CreateUser, withRole, editor))).toEqual(['FORBIDDEN']);
    expect(await create({ roles: ['user'] }, editor)).toMatchObject({ __typename: 'User' });
  });

  it.each([
    ['email', { email: 'nobody' }],
    ['displayName', { displayName: ' ' }],
    ['locale', { locale: 'x_y' }],
    ['roles', { roles: Array.from({ length: 51 }, () => 'user') }],
    ['idempotencyKey', { idempotencyKey: '' }],
    ['idempotencyKey', { idempotencyKey: 'x'.repeat(256) }],
  ])('refuses what breaks the rules: %s', async (field, input) => {
    expect(await create(input)).toMatchObject({
      __typename: 'ValidationError',
      issues: [{ path: ['input', field] }],
    });
  });
});
