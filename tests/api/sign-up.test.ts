import { randomUUID } from 'node:crypto';
import argon2 from 'argon2';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { graphql } from '../generated/index.ts';
import { allMailsWorked, mailsTo } from '../support/mails.ts';
import { anyAddress, signUp as signUpPerson } from '../support/people.ts';
import { ask, codesOf, type Sender, send } from '../support/request.ts';
import { watchStatements } from '../support/statements.ts';
import { changesBetween, dumpTables } from '../support/table-dump.ts';
import { useTestApp } from '../support/test-app.ts';

const SignUp = graphql(`
  mutation SignUp($input: SignUpInput!) {
    signUp(input: $input) {
      __typename
      ... on Accepted { accepted message }
      ... on Error { code message }
      ... on ValidationError { issues { path code message } }
      ... on RateLimitedError { retryAfterSeconds scope }
    }
  }
`);

const anyone = () => ({
  email: `ada.${randomUUID()}@example.com`,
  password: 'a password of good length',
  displayName: 'Ada',
});

describe('signUp', () => {
  const testApp = useTestApp();
  let ada: ReturnType<typeof anyone>;
  beforeEach(() => {
    ada = anyone();
  });
  const signUp = async (
    input: typeof ada & { locale?: string },
    sender: Sender = { ipAddress: anyAddress() },
  ) => (await ask(testApp, SignUp, { input }, sender)).signUp;

  it('keeps the sign-up apart and sends a mail with a link', async () => {
    expect(await signUp(ada)).toMatchObject({ __typename: 'Accepted', accepted: true });
    const [mail] = await mailsTo(testApp, ada.email);
    expect(mail?.text).toMatch(/http:\/\/127\.0\.0\.1:4000\/verify-email#token=[\w-]{64}\n/);
    expect(await testApp.database.prisma.user.count()).toBe(0);
  });

  it('keeps what was typed in its normal form, and of the password a hash alone', async () => {
    const { prisma } = testApp.database;
    const input = { ...ada, displayName: ' A\u030angström ', locale: 'PT-br' };
    await signUp({ ...input, email: ` ${ada.email.toUpperCase()} ` }, { ipAddress: '192.0.2.7' });
    const stored = await prisma.signUp.findFirstOrThrow();
    expect(stored).toMatchObject({
      email: ada.email,
      displayName: 'Ångström',
      locale: 'pt-BR',
      ipAddress: '192.0.2.7',
    });
    expect(await argon2.verify(stored.passwordHash, ada.password)).toBe(true);
    const jobs = await prisma.$queryRaw`SELECT data FROM pgboss.job`;
    expect(jobs).toEqual([{ data: { kind: 'verify-email', signUpId: stored.id } }]);
    expect(JSON.stringify(await dumpTables(testApp.database))).not.toContain(ada.password);
  });

  it('says in the mail when and where it was asked for', async () => {
    await signUp(ada, { ipAddress: '192.0.2.7', userAgent: 'X (Linux x86_64) Firefox/145.0' });
    const { createdAt } = await testApp.database.prisma.signUp.findFirstOrThrow();
    const [mail] = await mailsTo(testApp, ada.email);
    const time = createdAt.toISOString().slice(11, 16);
    expect(mail?.text).toMatch(
      new RegExp(
        ` \\d{4} at ${time} UTC, from the network address 192\\.0\\.2\\.7, with Firefox on Linux\\.`,
      ),
    );
  });

  it('repeats nothing in the mail that the stranger typed', async () => {
    const sender = { ipAddress: anyAddress(), userAgent: 'spam.example' };
    await signUp({ ...ada, displayName: 'Buy at spam.example' }, sender);
    const [mail] = await mailsTo(testApp, ada.email);
    expect(JSON.stringify(mail)).not.toContain('spam.example');
  });

  it('tells the owner of an account by mail, without a link that confirms', async () => {
    const owner = await signUpPerson(testApp);
    await signUp({ ...ada, email: owner.email });
    const [mail] = await mailsTo(testApp, owner.email, 2);
    expect(mail?.subject).toBe('You have an account already');
    expect(mail?.text).not.toContain('token=');
  });

  it('does the same, down to the SQL, for an address with an account, a sign-up or neither', async () => {
    const owner = await signUpPerson(testApp);
    const watch = watchStatements(testApp.database);
    const hash = vi.spyOn(argon2, 'hash');
    const observe = async (email: string) => {
      await allMailsWorked(testApp);
      hash.mockClear();
      const before = await dumpTables(testApp.database);
      const { result, sent } = await watch.record(() => signUp({ ...ada, email }));
      const changes = changesBetween(before, await dumpTables(testApp.database));
      return { result, sent, changes, hashed: hash.mock.calls.length };
    };
    const unknown = await observe(ada.email);
    expect(unknown).toMatchObject({
      result: { __typename: 'Accepted' },
      hashed: 1,
      changes: {
        sign_up: { added: 1, removed: 0 },
        job: { added: 1, removed: 0 },
        audit_event: { added: 1, removed: 0 },
        audit_origin: { added: 1, removed: 0 },
      },
    });
    expect(await observe(ada.email)).toEqual(unknown);
    expect(await observe(owner.email)).toEqual(unknown);
    hash.mockRestore();
  });

  it('forgets a sign-up a week after it ran out', async () => {
    const { prisma } = testApp.database;
    const { signUpLifetimeSeconds } = testApp.config;
    const week = 7 * 24 * 60 * 60;
    await signUp(ada);
    testApp.clock.advance(signUpLifetimeSeconds + week - 60);
    await signUp(anyone());
    expect(await prisma.signUp.count({ where: { email: ada.email } })).toBe(1);
    testApp.clock.advance(120);
    await signUp(anyone());
    expect(await prisma.signUp.count({ where: { email: ada.email } })).toBe(0);
    expect(await prisma.signUp.count()).toBe(2);
  });

  it('lists every broken rule: VALIDATION_FAILED', async () => {
    const input = { email: 'nobody', password: 'x'.repeat(257), displayName: ' ', locale: '!' };
    const before = await dumpTables(testApp.database);
    expect(await signUp(input)).toMatchObject({
      __typename: 'ValidationError',
      code: 'VALIDATION_FAILED',
      issues: [
        { path: ['input', 'email'] },
        { path: ['input', 'password'] },
        { path: ['input', 'displayName'] },
        { path: ['input', 'locale'] },
      ],
    });
    expect(await dumpTables(testApp.database)).toEqual(before);
  });

  it('refuses a password that is too short, counted in characters: VALIDATION_FAILED', async () => {
    // 14 characters in 28 bytes, and in 28 UTF-16 units.
    for (const password of ['ä'.repeat(14), '🔑'.repeat(14)]) {
      expect(await signUp({ ...ada, password })).toMatchObject({
        __typename: 'ValidationError',
        issues: [{ path: ['input', 'password'], code: 'too_small' }],
      });
    }
    expect(await testApp.database.prisma.signUp.count()).toBe(0);
  });

  it.each([
    '🔑🔐🔒🔓🎲🎯🎳🎮🎴🃏🀄🎰🎪🎨🎬',
    '   blanks  on all  sides   ',
    `${'a phrase again '.repeat(17)}!`,
    'with a NUL in it \0',
  ])('takes any characters in a password: %j', async (password) => {
    expect(await signUp({ ...ada, password })).toMatchObject({ __typename: 'Accepted' });
  });

  it('sends at most five mails an hour to an address for one client: RATE_LIMITED', async () => {
    const sender = { ipAddress: anyAddress() };
    for (let count = 0; count < 5; count++) {
      expect(await signUp(ada, sender)).toMatchObject({ __typename: 'Accepted' });
    }
    const before = await dumpTables(testApp.database);
    expect(await signUp({ ...ada, email: ada.email.toUpperCase() }, sender)).toMatchObject({
      __typename: 'RateLimitedError',
      code: 'RATE_LIMITED',
      scope: 'CLIENT_IP_AND_ACCOUNT',
      retryAfterSeconds: expect.any(Number),
    });
    expect(await dumpTables(testApp.database)).toEqual(before);
    expect(await signUp(anyone(), sender)).toMatchObject({ __typename: 'Accepted' });
  });

  it('sends strangers twenty mails an hour to an address, and more with delays alone: RATE_LIMITED', async () => {
    for (let count = 0; count < 20; count++) await signUp(ada, { ipAddress: anyAddress() });
    expect(await signUp(ada, { ipAddress: anyAddress() })).toMatchObject({ scope: 'ACCOUNT' });
  });

  it('leaves the owner of an address the mails that one stranger uses up', async () => {
    const stranger = { ipAddress: anyAddress() };
    for (let count = 0; count < 6; count++) await signUp(ada, stranger);
    const owner = { ipAddress: anyAddress() };
    expect(await signUp(ada, owner)).toMatchObject({ __typename: 'Accepted' });
  });

  it.each([
    ['password_common', 'PasswordPassword1'],
    ['password_like_account', 'nobody@example!!'],
  ])(
    'refuses a password by %s, with or without an account: VALIDATION_FAILED',
    async (code, password) => {
      const known = await signUpPerson(testApp);
      for (const email of [ada.email, known.email]) {
        expect(await signUp({ ...ada, email, displayName: 'Nobody', password })).toMatchObject({
          __typename: 'ValidationError',
          issues: [{ path: ['input', 'password'], code }],
        });
      }
    },
  );

  it('charges no mail for a password that is too short', async () => {
    const sender = { ipAddress: anyAddress() };
    const tooShort = { ...ada, password: 'too short' };
    for (let count = 0; count < 6; count++) await signUp(tooShort, sender);
    expect(await signUp(ada, sender)).toMatchObject({ __typename: 'Accepted' });
  });

  it('judges at most 300 passwords a minute for one client: RATE_LIMITED', async () => {
    const sender = { ipAddress: anyAddress() };
    const tooShort = { ...ada, password: 'too short' };
    const tries = Array.from({ length: 300 }, () => signUp(tooShort, sender));
    for (const answer of await Promise.all(tries)) {
      expect(answer?.__typename).toBe('ValidationError');
    }
    expect(await signUp(tooShort, sender)).toMatchObject({ scope: 'CLIENT_IP' });
  });

  it('sends at most fifty mails an hour for one client: RATE_LIMITED', async () => {
    const sender = { ipAddress: anyAddress() };
    for (let count = 0; count < 50; count++) await signUp(anyone(), sender);
    const limited = { __typename: 'RateLimitedError', scope: 'CLIENT_IP' };
    expect(await signUp(ada, sender)).toMatchObject(limited);
    expect(await signUp(ada)).toMatchObject({ __typename: 'Accepted' });
  });
});

describe('signUp where strangers may not', () => {
  const testApp = useTestApp({ SIGN_UP_ENABLED: 'false' });

  it('is refused: SIGN_UP_DISABLED', async () => {
    const before = await dumpTables(testApp.database);
    const answer = await send(testApp, SignUp, { input: anyone() });
    expect(codesOf(answer)).toEqual(['SIGN_UP_DISABLED']);
    expect(answer.body.data).toEqual({ signUp: null });
    expect(await dumpTables(testApp.database)).toEqual(before);
  });
});
