import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createKeyring } from '../../src/platform/keyring.ts';
import { issueOneTimeToken } from '../../src/platform/one-time-token.ts';
import { uuidFromBytes, uuidToBytes } from '../../src/platform/uuid.ts';
import { graphql } from '../generated/index.ts';
import { allMailsWorked, mailsTo, tokenIn } from '../support/mails.ts';
import { anyAddress, databaseId, signUp } from '../support/people.ts';
import { ask, type Sender } from '../support/request.ts';
import { dumpTables } from '../support/table-dump.ts';
import { secretKey, useTestApp } from '../support/test-app.ts';

const SignUp = graphql(`
  mutation VerifyEmailSignUp($input: SignUpInput!) {
    signUp(input: $input) { __typename }
  }
`);

const VerifyEmail = graphql(`
  mutation VerifyEmail($input: TokenInput!) {
    verifyEmail(input: $input) {
      __typename
      ... on AuthPayload {
        user { id email emailVerifiedAt displayName locale roles { key } }
        session { id amr ipAddress userAgent deviceLabel user { id } }
        tokens { accessToken refreshToken }
      }
      ... on Error { code message }
      ... on InvalidTokenError { reason }
      ... on RateLimitedError { scope retryAfterSeconds }
    }
  }
`);

const Me = graphql(`
  query VerifyEmailMe { me { email } }
`);

const SignIn = graphql(`
  mutation VerifyEmailSignIn($input: SignInInput!) {
    signIn(input: $input) { __typename }
  }
`);

const keyring = createKeyring(secretKey, null);
const password = 'a password of good length';
const otherPassword = 'another password of good length';

describe('verifyEmail', () => {
  const testApp = useTestApp();
  let email: string;
  beforeEach(() => {
    email = `ada.${randomUUID()}@example.com`;
  });

  /** Signs the address up, once for each password; answers the tokens in that order. */
  const begin = async (...passwords: string[]) => {
    const tokens: string[] = [];
    for (const secret of passwords) {
      const input = { email, password: secret, displayName: 'Ada', locale: 'pt-BR' };
      await ask(testApp, SignUp, { input }, { ipAddress: anyAddress() });
      const mails = await mailsTo(testApp, email, tokens.length + 1);
      tokens.push(...mails.map(tokenIn).filter((token) => !tokens.includes(token)));
    }
    const [first = '', second = ''] = tokens;
    return [first, second] as const;
  };
  const verify = async (token: string, sender?: Sender) =>
    (await ask(testApp, VerifyEmail, { input: { token } }, sender)).verifyEmail;
  const canSignIn = async (secret: string) => {
    const { signIn } = await ask(testApp, SignIn, { input: { email, password: secret } });
    return signIn?.__typename === 'AuthPayload';
  };
  const refusal = (reason: string) =>
    expect.objectContaining({ __typename: 'InvalidTokenError', code: 'INVALID_TOKEN', reason });

  it('welcomes the user once, whichever link is tried after it', async () => {
    const [token, other] = await begin(password, otherPassword);
    await verify(token);
    for (const late of [token, other]) await verify(late);
    await allMailsWorked(testApp);
    const sent = (await testApp.outbox.list()).filter(({ to }) => to === email);
    const welcomes = sent.filter(({ subject }) => subject === 'Welcome');
    expect(welcomes.map(({ text }) => text)).toEqual([expect.stringContaining('Hello Ada,')]);
  });

  it('makes the account and signs it in', async () => {
    const [token] = await begin(password);
    const answer = await verify(token, { ipAddress: '192.0.2.7', userAgent: 'a browser' });
    if (answer?.__typename !== 'AuthPayload') throw new Error('It was refused.');
    expect(answer.user).toEqual({
      id: expect.any(String),
      email,
      displayName: 'Ada',
      locale: 'pt-BR',
      emailVerifiedAt: expect.any(String),
      roles: [{ key: 'user' }],
    });
    expect(answer.session).toEqual({
      id: expect.any(String),
      amr: ['EMAIL_CODE'],
      ipAddress: '192.0.2.7',
      userAgent: 'a browser',
      deviceLabel: null,
      user: { id: answer.user.id },
    });
    const accessToken = answer.tokens.accessToken ?? '';
    expect(await ask(testApp, Me, {}, { accessToken })).toEqual({ me: { email } });
    expect(await canSignIn(password)).toBe(true);
  });

  it('leaves an audit entry for the account and for the session, and an event', async () => {
    const [token] = await begin(password);
    const answer = await verify(token, { ipAddress: '192.0.2.7', userAgent: 'a browser' });
    if (answer?.__typename !== 'AuthPayload') throw new Error('It was refused.');
    const userId = databaseId(answer.user.id);
    const { prisma } = testApp.database;
    const origin = { ipAddress: '192.0.2.7', userAgent: 'a browser' };
    expect(
      await prisma.auditEvent.findMany({
        where: { actorId: userId },
        include: { origin: true },
        orderBy: { id: 'asc' },
      }),
    ).toMatchObject([
      { action: 'user.created', targetId: userId, metadata: { roles: ['user'] }, origin },
      { action: 'sign-up.confirmed', origin },
      { action: 'session.started', targetId: databaseId(answer.session.id), origin },
    ]);
    expect(await prisma.loggedEvent.findMany({ where: { userId } })).toMatchObject([
      { topic: 'USER', type: 'UserChanged', userId, data: { change: 'CREATED' } },
    ]);
  });

  it('takes a link once: CONSUMED', async () => {
    const [token] = await begin(password);
    await verify(token);
    const before = await dumpTables(testApp.database);
    expect(await verify(token)).toEqual(refusal('CONSUMED'));
    expect(await dumpTables(testApp.database)).toEqual(before);
  });

  it('makes one account of a link that is followed many times at once', async () => {
    const [token] = await begin(password);
    const answers = await Promise.all(Array.from({ length: 6 }, () => verify(token)));
    const refused = answers.filter((answer) => answer?.__typename !== 'AuthPayload');
    expect(refused).toEqual(Array(5).fill(refusal('CONSUMED')));
    expect(await testApp.database.prisma.user.count()).toBe(1);
  });

  it('refuses a link that was not followed in time, and keeps the sign-up: EXPIRED', async () => {
    const [token] = await begin(password);
    testApp.clock.advance(testApp.config.signUpLifetimeSeconds);
    const before = await dumpTables(testApp.database);
    expect(await verify(token)).toEqual(refusal('EXPIRED'));
    expect(await dumpTables(testApp.database)).toEqual(before);
    expect(await testApp.database.prisma.signUp.count()).toBe(1);
  });

  it.each([
    ['first', 0],
    ['second', 1],
  ])(
    'confirms only the password of the sign-up whose link was followed: the %s',
    async (_, own) => {
      const tokens = await begin(password, otherPassword);
      expect(await verify(tokens[own] ?? '')).toMatchObject({ __typename: 'AuthPayload' });
      expect(await testApp.database.prisma.signUp.count()).toBe(0);
      expect(await verify(tokens[1 - own] ?? '')).toEqual(refusal('CONSUMED'));
      expect(await canSignIn(password)).toBe(own === 0);
      expect(await canSignIn(otherPassword)).toBe(own === 1);
    },
  );

  it('makes one account of two links of one address that are followed at once', async () => {
    for (let round = 0; round < 5; round++) {
      email = `ada.${randomUUID()}@example.com`;
      const [first, second] = await begin(password, otherPassword);
      const answers = await Promise.all(
        [first, second, second, first].map((token) => verify(token)),
      );
      const won = answers.findIndex((answer) => answer?.__typename === 'AuthPayload');
      expect(answers.toSpliced(won, 1)).toEqual(Array(3).fill(refusal('CONSUMED')));
      expect(await testApp.database.prisma.user.count({ where: { email } })).toBe(1);
      expect(await canSignIn(won === 0 || won === 3 ? password : otherPassword)).toBe(true);
    }
  });

  it('leaves an account alone that the address has by now: CONSUMED', async () => {
    const ada = await signUp(testApp);
    email = ada.email;
    const input = { email, password: otherPassword, displayName: 'Mallory' };
    await ask(testApp, SignUp, { input }, { ipAddress: anyAddress() });
    const { id } = await testApp.database.prisma.signUp.findFirstOrThrow({ where: { email } });
    const token = issueOneTimeToken(keyring, 'verify-email', id);
    const before = await dumpTables(testApp.database);
    expect(await verify(token)).toEqual(refusal('CONSUMED'));
    expect(await dumpTables(testApp.database)).toEqual(before);
    expect(await canSignIn(otherPassword)).toBe(false);
    expect(await canSignIn(ada.password)).toBe(true);
  });

  const idOf = (token: string) => Buffer.from(token, 'base64url').subarray(0, 16);
  const tokenOf = (id: Buffer, mac: Buffer) => Buffer.concat([id, mac]).toString('base64url');
  const hostile: [string, (token: string) => string][] = [
    ['nothing', () => ''],
    ['blanks', () => '   '],
    ['another text', () => 'let me in'],
    ['the id alone', (token) => idOf(token).toString('base64url')],
    ['no id', (token) => token.slice(22)],
    ['one character less', (token) => token.slice(0, -1)],
    ['one character more', (token) => `${token}A`],
    ['padding', (token) => `${token}=`],
    ['a newline at its end', (token) => `${token}\n`],
    ['a NUL at its end', (token) => `${token}\0`],
    ['a hundred thousand characters', (token) => token.repeat(1_600)],
    ['its first bit flipped', (token) => flipBit(token, 0)],
    ['a bit of its code flipped', (token) => flipBit(token, 16 * 8)],
    ['its last bit flipped', (token) => flipBit(token, 48 * 8 - 1)],
    ['the code of another row', (token) => tokenOf(uuidToBytes(randomUUID()), macOf(token))],
    ['a code for another purpose', (token) => signed(`one-time/other`, idOf(token))],
    ['a code for refresh tokens', (token) => signed('refresh/v1', idOf(token))],
    ['a code of another server', (token) => signed('one-time/verify-email', idOf(token), 'other')],
  ];
  const macOf = (token: string) => Buffer.from(token, 'base64url').subarray(16);
  const signed = (purpose: string, id: Buffer, key = secretKey) =>
    tokenOf(id, createKeyring(key, null).sign(purpose, uuidFromBytes(id)));

  it('refuses every other text, and the right one still works: UNKNOWN', async () => {
    const [token] = await begin(password);
    const before = await dumpTables(testApp.database);
    for (const [spoilt, spoil] of hostile) {
      expect({ spoilt, answer: await verify(spoil(token)) }).toEqual({
        spoilt,
        answer: refusal('UNKNOWN'),
      });
    }
    expect(await dumpTables(testApp.database)).toEqual(before);
    expect(await verify(token)).toMatchObject({ __typename: 'AuthPayload' });
  });

  it('takes at most 300 tries a minute from one address: RATE_LIMITED', async () => {
    const guesser = { ipAddress: anyAddress() };
    for (let count = 0; count < 300; count++) {
      expect(await verify('a guess', guesser)).toEqual(refusal('UNKNOWN'));
    }
    const [token] = await begin(password);
    expect(await verify(token, guesser)).toMatchObject({
      __typename: 'RateLimitedError',
      code: 'RATE_LIMITED',
      scope: 'CLIENT_IP',
    });
    expect(await verify(token)).toMatchObject({ __typename: 'AuthPayload' });
  });
});

function flipBit(token: string, bit: number): string {
  const bytes = Buffer.from(token, 'base64url');
  const index = Math.floor(bit / 8);
  bytes.writeUInt8(bytes.readUInt8(index) ^ (0x80 >> (bit % 8)), index);
  return bytes.toString('base64url');
}
