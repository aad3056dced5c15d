import { createLocalJWKSet, jwtVerify } from 'jose';

/** What a token says. */
export interface SessionClaim {
  userId: string;
  sessionId: string;
  expiresAtMs: number;
}

const { JWKS = '{}', ISSUER = '', AUDIENCE = '' } = process.env;
const keys = createLocalJWKSet(JSON.parse(JWKS));
const verified = new Map<string, SessionClaim>();
const maxVerified = 20_000;

/** Reads who calls; null for a stranger. A token is checked once, and then known until it ends. */
export function readSession(
  authorization: string | undefined,
): SessionClaim | null | Promise<SessionClaim | null> {
  if (!authorization?.startsWith('Bearer ')) return null;
  const known = verified.get(authorization);
  if (known !== undefined) return known.expiresAtMs > Date.now() ? known : null;
  return check(authorization);
}

async function check(authorization: string): Promise<SessionClaim | null> {
  try {
    const { payload } = await jwtVerify(authorization.slice('Bearer '.length), keys, {
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: 'at+jwt',
      requiredClaims: ['exp', 'sub', 'sid'],
    });
    const claim = {
      userId: String(payload.sub),
      sessionId: String(payload.sid),
      expiresAtMs: Number(payload.exp) * 1000,
    };
    const [oldest] = verified.keys();
    if (verified.size >= maxVerified && oldest !== undefined) verified.delete(oldest);
    verified.set(authorization, claim);
    return claim;
  } catch {
    return null;
  }
}
