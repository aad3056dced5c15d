import { beforeEach, describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { mailedCode } from '../support/mails.ts';
import {
  anyAddress,
  globalId,
  type Person,
  signUp,
  signUpAdmin,
  signUpWith,
} from '../support/people.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const UnlockUser = graphql(`
  mutation UnlockUser($id: ID!) {
    unlockUser(id: $id) { __typename ... on User { id } ... on NotFoundError { about: id } }
  }
`);
const SignIn = graphql(`
  mutation UnlockedSignIn($input: SignInInput!) {
    signIn(input: $input) { __typename ... on RateLimitedError { scope } }
  }
`);
const RequestCode = graphql(`
  mutation UnlockedRequestCode($input: EmailInput!) {
    requestSignInCode(input: $input) { __typename ... on RateLimitedError { scope } }
  }
`);
const SignInWithCode = graphql(`
  mutation UnlockedSignInWithCode($input: SignInWithCodeInput!) {
    signInWithCode(input: $input) { __typename ... on RateLimitedError { scope } }
  }
`);

const testApp = useTestApp();
const delayed = { __typename: 'RateLimitedError', scope: 'ACCOUNT' };

let admin: Person;
let ada: Person;
beforeEach(async () => {
  admin = await signUpAdmin(testApp);
  ada = await signUp(testApp);
});

const anyone = () => ({ ipAddress: anyAddress() });
const unlock = async (by: Person, id = ada.id) =>
  (await ask(testApp, UnlockUser, { id }, by)).unlockUser;
const signIn = async (password = ada.password) =>
  (await ask(testApp, SignIn, { input: { email: ada.email, password } }, anyone())).signIn;
const requestCode = async () =>
  (await ask(testApp, RequestCode, { input: { email: ada.email } }, anyone())).requestSignInCode;

/** Does something until it is answered with a delay. */
async function untilDelayed(act: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < 40; tries++) {
    const answer = await act();
    if (JSON.stringify(answer) === JSON.stringify(delayed)) return;
  }
  throw new Error('There is no delay.');
}

describe('unlockUser', () => {
  it('ends the delays that wrong passwords brought about', async () => {
    await untilDelayed(() => signIn('wrong'));
    expect(await unlock(admin)).toEqual({ __typename: 'User', id: ada.id });
    // As many as before the first delay.
    for (let tries = 0; tries < 9; tries++) {
      expect(await signIn('wrong')).toEqual({ __typename: 'InvalidCredentialsError' });
    }
    expect(await signIn()).toEqual({ __typename: 'AuthPayload' });
  });

  it('ends the delays of mails', async () => {
    await untilDelayed(requestCode);
    await unlock(admin);
    expect(await requestCode()).toEqual({ __typename: 'Accepted' });
  });

  it('lets codes be tried again after five wrong ones', async () => {
    await requestCode();
    const code = await mailedCode(testApp, ada.email);
    const enter = async (digits: string) => {
      const input = { email: ada.email, code: digits };
      return (await ask(testApp, SignInWithCode, { input }, anyone())).signInWithCode;
    };
    await untilDelayed(() => enter(code === '000000' ? '000001' : '000000'));
    await unlock(admin);
    expect(await enter(code)).toEqual({ __typename: 'AuthPayload' });
  });

  it('is kept in the audit trail', async () => {
    await unlock(admin);
    const where = { targetId: ada.userId, action: 'user.unlocked' };
    const entry = await testApp.database.prisma.auditEvent.findFirstOrThrow({ where });
    expect(entry.actorId).toBe(admin.userId);
  });

  it('refuses whoever holds a permission that the caller lacks: CONFLICT', async () => {
    const editor = await signUpWith(testApp, ['users:write']);
    expect(await unlock(editor, admin.id)).toEqual({ __typename: 'ConflictError' });
  });

  it('answers for nobody: NOT_FOUND; needs users:write: FORBIDDEN', async () => {
    const id = globalId('User', '00000000-0000-7000-8000-000000000000');
    expect(await unlock(admin, id)).toEqual({ __typename: 'NotFoundError', about: id });
    const reader = await signUpWith(testApp, ['users:read']);
    expect(codesOf(await send(testApp, UnlockUser, { id: ada.id }, reader))).toEqual(['FORBIDDEN']);
  });
});
