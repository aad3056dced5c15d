import { generateKeyPair, SignJWT } from 'jose';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createCredentials } from '../../src/modules/auth/credential.ts';
import {
  createSessionTokens,
  type SessionTokens,
  type TokenKeys,
  tokenTypes,
} from '../../src/modules/auth/session-token.ts';
import type { Signer } from '../../src/modules/auth/signing-keys.ts';

const issuer = 'https://accounts.example.com';
const lifetimeSeconds = 600;
const session = {
  id: '019aa1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
  userId: '019aa1b2-0000-7000-8000-0c1d2e3f4a5b',
};
const noon = new Date('2026-11-21T12:00:00.000Z');
const kind = { issuer, audience: issuer, lifetimeSeconds };

/** The frozen time. */
let now: Date;
let signer: Signer;
/** The keys that verify, by id. */
let accepted: Map<string, Awaited<ReturnType<TokenKeys['find']>>>;
let tokens: SessionTokens;
let keys: TokenKeys;
const checks = vi.spyOn(crypto.subtle, 'verify');

async function addKey(kid: string, algorithm = 'EdDSA'): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm);
  accepted.set(kid, { algorithm, publicKey });
  return { kid, algorithm, privateKey };
}

beforeEach(async () => {
  now = noon;
  accepted = new Map();
  signer = await addKey('k1');
  keys = { getSigner: async () => signer, find: async (kid) => accepted.get(kid) ?? null };
  tokens = createSessionTokens(keys, () => now, { ...kind, type: tokenTypes.access });
  checks.mockClear();
});
const later = (seconds: number) => new Date(noon.getTime() + seconds * 1000);

describe('a token that was verified', () => {
  it('is taken again without another check of its signature', async () => {
    const { token } = await tokens.sign(session);
    const first = await tokens.verify(token);
    expect(first).toMatchObject({ sessionId: session.id, kid: 'k1' });
    for (let uses = 0; uses < 3; uses += 1) expect(await tokens.verify(token)).toEqual(first);
    expect(checks).toHaveBeenCalledTimes(1);
  });

  it('is not taken for another one, of which only the signature differs', async () => {
    const { token } = await tokens.sign(session);
    await tokens.verify(token);
    expect(await tokens.verify(token.replace(/[^.]+$/, 'A'.repeat(86)))).toBe('INVALID');
    expect(checks).toHaveBeenCalledTimes(2);
  });

  it('is checked by each kind of token by itself', async () => {
    const connection = { ...kind, type: tokenTypes.connection };
    const others = createSessionTokens(keys, () => now, connection);
    const { token } = await tokens.sign(session);
    expect(await tokens.verify(token)).toMatchObject({ sessionId: session.id });
    expect(await others.verify(token)).toBe('INVALID');
  });

  it.each([
    [lifetimeSeconds - 1, { sessionId: session.id }],
    [lifetimeSeconds - 0.001, { sessionId: session.id }],
    [lifetimeSeconds, 'EXPIRED'],
    [lifetimeSeconds * 100, 'EXPIRED'],
  ])('is asked for its end each time: after %d seconds', async (seconds, answer) => {
    const { token } = await tokens.sign(session);
    await tokens.verify(token);
    now = later(seconds);
    expect(await tokens.verify(token)).toEqual(
      typeof answer === 'string' ? answer : expect.objectContaining(answer),
    );
    expect(checks).toHaveBeenCalledTimes(1);
  });

  it('is refused once its key is gone: INVALID', async () => {
    const { token } = await tokens.sign(session);
    await tokens.verify(token);
    signer = await addKey('k2');
    expect(await tokens.verify(token)).toMatchObject({ kid: 'k1' });
    accepted.delete('k1');
    expect(await tokens.verify(token)).toBe('INVALID');
    const { token: next } = await tokens.sign(session);
    expect(await tokens.verify(next)).toMatchObject({ kid: 'k2' });
  });

  it('stands for nobody on a connection once its key is gone: EXPIRED', async () => {
    const viewer = {
      userId: session.userId,
      sessionId: session.id,
      proofAgeMs: 0,
      permissions: new Set<never>(),
      roleKeys: new Set<never>(),
    };
    const credentials = createCredentials({
      accessTokens: tokens,
      connectionTokens: createSessionTokens(keys, () => now, {
        ...kind,
        type: tokenTypes.connection,
      }),
      keys,
      sessions: { findViewer: async () => viewer, checkViewer: async () => viewer },
      clock: () => now,
      accessTokenSeconds: lifetimeSeconds,
    });
    const { token } = await tokens.sign(session);
    const credential = await credentials.read(token, 'connection');
    if (typeof credential === 'string') return expect.unreachable(credential);
    expect(await credentials.findViewer(credential)).toBe(viewer);
    accepted.delete('k1');
    expect(await credentials.findViewer(credential)).toBe('EXPIRED');
    expect(await credentials.checkViewer(credential)).toBe('EXPIRED');
  });
});

describe('a token that was refused', () => {
  it('is checked each time, so that garbage displaces nothing', async () => {
    const { privateKey } = await generateKeyPair('EdDSA');
    const forged = await new SignJWT()
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'k1' })
      .sign(privateKey);
    expect(await tokens.verify(forged)).toBe('INVALID');
    expect(await tokens.verify(forged)).toBe('INVALID');
    expect(checks).toHaveBeenCalledTimes(2);
  });
});

describe('each key', () => {
  it.each(['EdDSA', 'ES256'])(
    'verifies %s, if that is its own algorithm, and no other',
    async (algorithm) => {
      signer = await addKey('k2', algorithm);
      const { token } = await tokens.sign(session);
      expect(await tokens.verify(token)).toMatchObject({ kid: 'k2' });
      const other = algorithm === 'EdDSA' ? 'ES256' : 'EdDSA';
      signer = { ...(await addKey('k3', other)), kid: 'k2' };
      const { token: confused } = await tokens.sign(session);
      checks.mockClear();
      expect(await tokens.verify(confused)).toBe('INVALID');
      expect(checks).not.toHaveBeenCalled();
    },
  );
});
