import argon2 from 'argon2';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { graphql } from '../generated/index.ts';
import { anyAddress, databaseId, type Person, signUp, suspend } from '../support/people.ts';
import { ask, type Sender, send } from '../support/request.ts';
import { type StatementWatch, watchStatements } from '../support/statements.ts';
import { useTestApp } from '../support/test-app.ts';

const SignUp = graphql(`
  mutation SignInSignUp($input: SignUpInput!) {
    signUp(input: $input) { __typename }
  }
`);

const SignIn = graphql(`
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      __typename
      ... on AuthPayload {
        user { id email }
        session { id amr deviceLabel ipAddress userAgent revokedAt isCurrent }
        tokens { accessToken refreshToken accessTokenExpiresAt refreshTokenExpiresAt }
      }
      ... on Error { code message }
      ... on AccountUnavailableError { status }
      ... on RateLimitedError { scope retryAfterSeconds }
      ... on ValidationError { issues { path code message } }
    }
  }
`);

const Me = graphql(`
  query SignInMe { me { id } }
`);

const invalid = {
  __typename: 'InvalidCredentialsError',
  code: 'INVALID_CREDENTIALS',
  message: 'The password is wrong, or there is no such account.',
};

describe('signIn', () => {
  const testApp = useTestApp();
  let watch: StatementWatch;
  beforeAll(() => {
    watch = watchStatements(testApp.database);
  });
  afterEach(() => vi.restoreAllMocks());

  const signIn = async (
    { email, password }: Pick<Person, 'email' | 'password'>,
    { deviceLabel, ...sender }: Sender & { deviceLabel?: string } = {},
  ) => {
    const input = { email, password, ...(deviceLabel !== undefined && { deviceLabel }) };
    return (await ask(testApp, SignIn, { input }, sender)).signIn;
  };

  it('starts a session', async () => {
    const ada = await signUp(testApp);
    const sender = { deviceLabel: ' Phone ', ipAddress: '192.0.2.7', userAgent: 'a phone' };
    const answer = await signIn(ada, sender);
    expect(answer).toEqual({
      __typename: 'AuthPayload',
      user: { id: ada.id, email: ada.email },
      session: {
        id: expect.any(String),
        amr: ['PASSWORD'],
        deviceLabel: 'Phone',
        ipAddress: '192.0.2.7',
        userAgent: 'a phone',
        revokedAt: null,
        isCurrent: false,
      },
      tokens: {
        accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        refreshToken: expect.stringMatching(/^lkr_[\w-]{70}$/),
        accessTokenExpiresAt: expect.any(String),
        refreshTokenExpiresAt: expect.any(String),
      },
    });
    if (answer?.__typename !== 'AuthPayload') return;
    const accessToken = answer.tokens.accessToken ?? '';
    expect(await ask(testApp, Me, {}, { accessToken })).toEqual({ me: { id: ada.id } });
    expect(databaseId(answer.session.id)).not.toBe(ada.sessionId);
  });

  it('takes the address without regard to case and blanks around it', async () => {
    const { email, password } = await signUp(testApp);
    expect(await signIn({ email: ` ${email.toUpperCase()} `, password })).toMatchObject({
      __typename: 'AuthPayload',
    });
  });

  it('takes a password that is typed in another Unicode form', async () => {
    const { database } = testApp;
    const ada = await signUp(testApp);
    const composed = 'pässword — ﬁve ½ Å';
    const hash = await argon2.hash(composed.normalize('NFKC'), { memoryCost: 1024, timeCost: 2 });
    await database.prisma.passwordCredential.update({
      where: { userId: ada.userId },
      data: { hash },
    });
    for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'] as const) {
      const password = composed.normalize(form);
      expect(await signIn({ ...ada, password })).toMatchObject({ __typename: 'AuthPayload' });
    }
    expect(await signIn({ ...ada, password: composed.toUpperCase() })).toEqual(invalid);
  });

  it('does the same for a wrong password, an unknown address and a suspended account', async () => {
    const [ada, grace] = [await signUp(testApp), await signUp(testApp, 'Grace Hopper')];
    await suspend(testApp, grace);
    const verify = vi.spyOn(argon2, 'verify');
    const hash = vi.spyOn(argon2, 'hash');
    const observe = async (email: string) => {
      verify.mockClear();
      const input = { email, password: 'a password that is wrong' };
      const { result, sent } = await watch.record(() => send(testApp, SignIn, { input }));
      const costs = verify.mock.calls.map(([stored]) => stored.split('$').slice(0, 4));
      return { status: result.status, body: result.body, sent, costs, hashed: hash.mock.calls };
    };
    const wrong = await observe(ada.email);
    expect(wrong).toMatchObject({ status: 200, body: { data: { signIn: invalid } }, hashed: [] });
    expect(wrong.costs).toHaveLength(1);
    expect(await observe('nobody@example.com')).toEqual(wrong);
    expect(await observe(grace.email)).toEqual(wrong);
  });

  it('tells of a suspension only to whoever has the password: ACCOUNT_UNAVAILABLE', async () => {
    const ada = await signUp(testApp);
    await suspend(testApp, ada);
    expect(await signIn(ada)).toMatchObject({
      __typename: 'AccountUnavailableError',
      code: 'ACCOUNT_UNAVAILABLE',
      status: 'SUSPENDED',
    });
    expect(await testApp.database.prisma.session.count()).toBe(1);
  });

  it('refuses the password of a sign-up that was not confirmed: INVALID_CREDENTIALS', async () => {
    const input = {
      email: 'open@example.com',
      password: 'a password of good length',
      displayName: 'Open',
    };
    await ask(testApp, SignUp, { input });
    expect(await signIn(input)).toEqual(invalid);
  });

  it('keeps in the audit trail who signed in, and what was refused to whom', async () => {
    const ada = await signUp(testApp);
    await testApp.database.prisma.session.deleteMany();
    const from = { ipAddress: '192.0.2.7', userAgent: 'a phone' };
    const ids = [];
    for (const person of [
      ada,
      { ...ada, password: 'wrong' },
      { ...ada, email: 'nobody@example.com' },
    ]) {
      const input = { email: person.email, password: person.password };
      const { headers } = await send(testApp, SignIn, { input }, from);
      ids.push(headers.get('x-request-id'));
    }
    await suspend(testApp, ada);
    await signIn(ada, from);
    const entries = await testApp.database.prisma.auditEvent.findMany({
      where: { OR: [{ requestId: { in: ids.map(String) } }, { action: 'sign-in.refused' }] },
      include: { origin: { select: { ipAddress: true, userAgent: true } } },
      orderBy: { id: 'asc' },
    });
    const { id: sessionId } = await testApp.database.prisma.session.findFirstOrThrow();
    const refused = { action: 'sign-in.refused', actorId: null, origin: from };
    const metadata = { reason: 'INVALID_CREDENTIALS' };
    expect(entries).toMatchObject([
      {
        action: 'session.started',
        actorId: ada.userId,
        targetId: sessionId,
        requestId: ids[0],
        origin: from,
      },
      { ...refused, targetId: ada.userId, requestId: ids[1], metadata },
      { ...refused, targetId: null, requestId: ids[2], metadata },
      { ...refused, targetId: ada.userId, metadata: { reason: 'ACCOUNT_UNAVAILABLE' } },
    ]);
  });

  it('takes ten tries a minute for an account from one address: RATE_LIMITED', async () => {
    const ada = await signUp(testApp);
    const guesser = { ipAddress: anyAddress() };
    for (let count = 0; count < 10; count++) {
      expect(await signIn({ ...ada, password: `guess ${count}` }, guesser)).toEqual(invalid);
    }
    const { result, sent } = await watch.record(() => signIn(ada, guesser));
    expect(result).toMatchObject({
      __typename: 'RateLimitedError',
      code: 'RATE_LIMITED',
      scope: 'CLIENT_IP_AND_ACCOUNT',
      retryAfterSeconds: expect.any(Number),
    });
    expect(sent.filter((sql) => !sql.includes('rate_limit'))).toEqual([]);
    const upperCase = { ...ada, email: ada.email.toUpperCase() };
    expect(await signIn(upperCase, guesser)).toMatchObject({ __typename: 'RateLimitedError' });
    const grace = await signUp(testApp, 'Grace Hopper');
    expect(await signIn(grace, guesser)).toMatchObject({ __typename: 'AuthPayload' });
  });

  it('takes a hundred tries a minute from one address: RATE_LIMITED', async () => {
    const guesser = { ipAddress: anyAddress() };
    const guess = (count: number) => ({ email: `user${count}@example.com`, password: 'a guess' });
    for (let count = 0; count < 100; count++) {
      expect(await signIn(guess(count), guesser)).toEqual(invalid);
    }
    const limited = { __typename: 'RateLimitedError', scope: 'CLIENT_IP' };
    expect(await signIn(guess(100), guesser)).toMatchObject(limited);
  });

  const ada = { email: 'ada@example.com', password: 'a password' };
  it.each([
    ['a password of 257 bytes', 'password', { ...ada, password: 'x'.repeat(257) }],
    ['a password of 129 two-byte letters', 'password', { ...ada, password: 'ä'.repeat(129) }],
    ['a text that is no address', 'email', { ...ada, email: 'nobody' }],
    ['an address of 255 characters', 'email', { ...ada, email: `a@${'b.'.repeat(125)}com` }],
    ['an empty device label', 'deviceLabel', { ...ada, deviceLabel: ' ' }],
    ['a device label of 101 characters', 'deviceLabel', { ...ada, deviceLabel: 'x'.repeat(101) }],
    ['a device label with a NUL', 'deviceLabel', { ...ada, deviceLabel: 'a\0b' }],
  ])('refuses %s: VALIDATION_FAILED', async (_, field, input) => {
    const answer = await ask(testApp, SignIn, { input });
    expect(answer.signIn).toMatchObject({
      __typename: 'ValidationError',
      code: 'VALIDATION_FAILED',
      issues: [{ path: ['input', field] }],
    });
  });

  it('compares a password of 256 bytes', async () => {
    expect(await signIn({ ...ada, password: 'x'.repeat(256) })).toEqual(invalid);
  });
});
