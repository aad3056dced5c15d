import argon2 from 'argon2';
import bcrypt from 'bcrypt';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { graphql } from '../generated/index.ts';
import { type Person, signUp } from '../support/people.ts';
import { ask } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const SignIn = graphql(`
  mutation ImportedPasswordsSignIn($input: SignInInput!) {
    signIn(input: $input) { __typename }
  }
`);

const password = 'a pässword of ﬁve words';
const cheap = { memoryCost: 2048, timeCost: 1, parallelism: 1 };
const kinds = [
  ['bcrypt', () => bcrypt.hash(password, 4)],
  ['argon2id of another cost', () => argon2.hash(password.normalize('NFKC'), cheap)],
] as const;

describe('a password that was hashed otherwise', () => {
  const testApp = useTestApp();
  afterEach(() => vi.restoreAllMocks());

  const signIn = async ({ email }: Person, typed = password) => {
    const input = { email, password: typed };
    return (await ask(testApp, SignIn, { input })).signIn?.__typename;
  };
  const stored = ({ userId }: Person) =>
    testApp.database.prisma.passwordCredential.findUniqueOrThrow({ where: { userId } });
  const audited = () =>
    testApp.database.prisma.auditEvent.findMany({
      where: { action: 'password.rehashed' },
      select: { actorId: true, targetId: true, metadata: true },
    });
  const arrange = async (hash: string) => {
    const ada = await signUp(testApp);
    const where = { userId: ada.userId };
    await testApp.database.prisma.passwordCredential.update({ where, data: { hash } });
    return ada;
  };

  it.each(kinds)('is hashed anew by the first sign-in: %s', async (_, make) => {
    const ada = await arrange(await make());
    const before = await stored(ada);
    expect(await signIn(ada, `${password}!`)).toBe('InvalidCredentialsError');
    expect(await stored(ada)).toEqual(before);
    expect(await signIn(ada)).toBe('AuthPayload');
    const after = await stored(ada);
    expect(after.hash).toMatch(/^\$argon2id\$v=19\$m=1024,/);
    expect(after.changedAt).toEqual(before.changedAt);
    expect(await audited()).toEqual([
      { actorId: ada.userId, targetId: ada.userId, metadata: null },
    ]);
    expect(await signIn(ada, password.normalize('NFKD'))).toBe('AuthPayload');
    expect(await stored(ada)).toEqual(after);
  });

  it('is hashed anew once by two sign-ins at the same time, and both succeed', async () => {
    const ada = await arrange(await bcrypt.hash(password, 4));
    expect(await Promise.all([signIn(ada), signIn(ada)])).toEqual(['AuthPayload', 'AuthPayload']);
    expect(await audited()).toHaveLength(1);
    expect(await signIn(ada)).toBe('AuthPayload');
  });
});

describe('a password that is changed while somebody signs in with the old one', () => {
  const testApp = useTestApp();
  afterEach(() => vi.restoreAllMocks());

  it('starts no session: INVALID_CREDENTIALS', async () => {
    const { email, password: old, userId } = await signUp(testApp);
    const { prisma } = testApp.database;
    const sessions = await prisma.session.count();
    const verify = argon2.verify;
    vi.spyOn(argon2, 'verify').mockImplementationOnce(async (...compared) => {
      const matches = await verify(...compared);
      const hash = await argon2.hash('another password', cheap);
      const changedAt = new Date(Date.now() + 1000);
      await prisma.passwordCredential.update({ where: { userId }, data: { hash, changedAt } });
      return matches;
    });
    const { signIn } = await ask(testApp, SignIn, { input: { email, password: old } });
    expect(signIn).toEqual({ __typename: 'InvalidCredentialsError' });
    expect(await prisma.session.count()).toBe(sessions);
  });
});
