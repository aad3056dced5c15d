import { generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { createCaller } from '../../src/graphql/caller.ts';
import type { Credentials } from '../../src/modules/auth/credential.ts';
import {
  createSessionTokens,
  type SessionTokens,
  type TokenKeys,
  tokenTypes,
} from '../../src/modules/auth/session-token.ts';

const issuer = 'https://accounts.example.com';
const lifetimeSeconds = 600;
const session = {
  id: '019aa1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
  userId: '019aa1b2-0000-7000-8000-0c1d2e3f4a5b',
};
const noon = Date.parse('2026-11-21T12:00:00.000Z') / 1000;

/** The frozen time, in seconds since 1970. */
let now = noon;
let tokens: SessionTokens;
let connectionTokens: SessionTokens;
let sign: (claims?: Record<string, unknown>) => Promise<string>;

beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA');
  const algorithm = 'EdDSA';
  const keys: TokenKeys = {
    getSigner: async () => ({ kid: 'k1', algorithm, privateKey }),
    find: async (kid) => (kid === 'k1' ? { algorithm, publicKey } : null),
  };
  const clock = () => new Date(now * 1000);
  const tokensOf = (type: string, seconds: number) =>
    createSessionTokens(keys, clock, { type, issuer, audience: issuer, lifetimeSeconds: seconds });
  tokens = tokensOf(tokenTypes.access, lifetimeSeconds);
  connectionTokens = tokensOf(tokenTypes.connection, 30);
  sign = (claims) =>
    new SignJWT({
      iss: issuer,
      aud: issuer,
      sub: session.userId,
      sid: session.id,
      client_id: 'latchkey',
      jti: 'x',
      iat: noon,
      exp: noon + lifetimeSeconds,
      ...claims,
    })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'k1' })
      .sign(privateKey);
});

/** Checks a token: the id of its session, or why it is refused. */
async function check(token: string): Promise<string> {
  const verified = await tokens.verify(token);
  return typeof verified === 'string' ? verified : verified.sessionId;
}

/** Checks a token at another time. */
async function checkAt(time: number, token: string): Promise<string> {
  now = time;
  try {
    return await check(token);
  } finally {
    now = noon;
  }
}

describe('an access token', () => {
  it('names its session, and tells its end', async () => {
    const { token, expiresAt } = await tokens.sign(session);
    expect(await tokens.verify(token)).toEqual({
      sessionId: session.id,
      issuedAt: new Date(noon * 1000),
      expiresAt,
      kid: 'k1',
    });
    expect(expiresAt).toEqual(new Date((noon + lifetimeSeconds) * 1000));
  });

  it('is another one each time', async () => {
    const [one, other] = [await tokens.sign(session), await tokens.sign(session)];
    expect(one.token).not.toBe(other.token);
  });

  it('is whole seconds old, also between two seconds', async () => {
    now = noon + 0.999;
    const { token, expiresAt } = await tokens.sign(session);
    expect(expiresAt).toEqual(new Date((noon + lifetimeSeconds) * 1000));
    expect(await checkAt(noon + 0.999, token)).toBe(session.id);
  });

  it.each([
    [0, session.id],
    [lifetimeSeconds - 1, session.id],
    [lifetimeSeconds - 0.001, session.id],
    [lifetimeSeconds, 'EXPIRED'],
    [lifetimeSeconds + 1, 'EXPIRED'],
    [-30, session.id],
    [-31, 'INVALID'],
  ])('%d seconds after its beginning answers %s', async (seconds, answer) => {
    const { token } = await tokens.sign(session);
    expect(await checkAt(noon + seconds, token)).toBe(answer);
  });

  it.each([
    ['no end', { exp: undefined }],
    ['a fractional end', { exp: noon + 100.5 }],
    ['an end far away', { exp: noon + lifetimeSeconds + 1 }],
    ['an end too large to count', { exp: 1e300 }],
    ['an end before its beginning', { exp: noon - 1, iat: noon }],
    ['no beginning', { iat: undefined }],
    ['a fractional beginning', { iat: noon - 0.5 }],
    ['a beginning before 1970', { iat: -1 }],
    ['a time before which it does not hold', { nbf: noon + 1 }],
    ['a session that is no uuid', { sid: 'x' }],
    ['a user that is no uuid', { sub: 'x' }],
    ['no number of its own', { jti: '' }],
  ])('does not hold with %s', async (_description, claims) => {
    expect(await check(await sign(claims))).toMatch(/^(?:INVALID|EXPIRED)$/);
  });

  it.each([
    ['a line feed at its end', (token: string) => `${token}\n`],
    ['a line feed inside', (token: string) => token.replace('.', '.\n')],
    [
      'a line feed in the signature',
      (token: string) => `${token.slice(0, -4)}\n${token.slice(-4)}`,
    ],
    ['a space at its beginning', (token: string) => ` ${token}`],
    ['a NUL', (token: string) => `${token}\0`],
    ['padding', (token: string) => `${token}==`],
    [
      'the other alphabet',
      (token: string) => `${token.replaceAll('-', '+').replaceAll('_', '/')}+`,
    ],
    ['a fourth part', (token: string) => `${token}.x`],
    ['two parts', (token: string) => token.replace(/\.[^.]+$/, '')],
    ['no header', (token: string) => token.replace(/^[^.]+/, '')],
    ['more than 4 KiB', (token: string) => token + 'A'.repeat(4096)],
    ['nothing', () => ''],
  ])('is refused in another spelling: %s', async (_description, respell) => {
    const { token } = await tokens.sign(session);
    expect(await check(respell(token))).toBe('INVALID');
  });

  it('does not pass for a token of another kind, nor the other way', async () => {
    const access = await tokens.sign(session);
    const connection = await connectionTokens.sign(session);
    expect(await tokens.verify(connection.token)).toBe('INVALID');
    expect(await connectionTokens.verify(access.token)).toBe('INVALID');
    expect(await connectionTokens.verify(connection.token)).toMatchObject({
      sessionId: session.id,
    });
  });

  it('is passed on as it came, never mended, by the header that brings it', async () => {
    const { token } = await tokens.sign(session);
    const seen: string[] = [];
    const credentials: Credentials = {
      async read(given) {
        seen.push(given);
        return 'INVALID';
      },
      findViewer: () => expect.unreachable(),
      checkViewer: () => expect.unreachable(),
      remainingMs: () => expect.unreachable(),
    };
    const standingOf = async (header: string) =>
      (await createCaller(credentials, header, 'request').identify()).standing;
    for (const header of [`Bearer ${token}\n`, `Bearer \n${token}`, `Bearer ${token}\r\nX: y`]) {
      expect(await standingOf(header)).toBe('refused');
    }
    expect(seen).toEqual([]);
    expect(await standingOf(`Bearer ${token}`)).toBe('refused');
    expect(seen).toEqual([token]);
  });
});
