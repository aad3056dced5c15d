import { hash, randomUUID } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { decodeBase64url } from '../../platform/base64url.ts';
import type { Clock } from '../../platform/clock.ts';
import type { SigningKeys } from './signing-keys.ts';

/** A signed token and its end. */
export interface SessionToken {
  token: string;
  expiresAt: Date;
}

/** What a token says whose form, signature, issuer, audience and times hold. */
export interface SessionClaim {
  sessionId: string;
  issuedAt: Date;
  expiresAt: Date;
  /** The key that it was signed with. */
  kid: string;
}

/** Why a token is not accepted: its time is over, or it never was one of ours. */
export type TokenRefusal = 'EXPIRED' | 'INVALID';

/** Signs and checks one kind of token: JWTs in the profile of RFC 9068. */
export interface SessionTokens {
  /** Signs a token for a session. */
  sign(session: { id: string; userId: string }): Promise<SessionToken>;
  /** Reads a token. Whether its session still runs is not checked here. */
  verify(token: string): Promise<SessionClaim | TokenRefusal>;
}

/** What tokens are signed and checked with. */
export type TokenKeys = Pick<SigningKeys, 'getSigner' | 'find'>;

/** The kinds of token, by their `typ` (RFC 8725 §3.11), so that none passes for another. */
export const tokenTypes = { access: 'at+jwt', connection: 'connection+jwt' } as const;

const clientId = 'latchkey';
const maxTokenLength = 4096;
const maxClockSkewSeconds = 30;
/** How many tokens each kind remembers to have checked; about 500 bytes each. */
const maxVerified = 20_000;

const unixTime = z.int().nonnegative();
const claims = z.object({
  sub: z.guid(),
  sid: z.guid(),
  client_id: z.literal(clientId),
  jti: z.string().min(1),
  iat: unixTime,
  exp: unixTime,
});

/** Builds one kind of token of an issuer. */
export function createSessionTokens(
  keys: TokenKeys,
  clock: Clock,
  kind: { type: string; issuer: string; audience: string; lifetimeSeconds: number },
): SessionTokens {
  const { type, issuer, audience, lifetimeSeconds } = kind;
  const now = () => Math.floor(clock().getTime() / 1000);
  /** By the hash of the token, so that no memory dump holds tokens. */
  const verified = new LRUCache<string, SessionClaim>({ max: maxVerified });

  async function check(token: string): Promise<SessionClaim | TokenRefusal> {
    const kid = isCanonicalJwt(token) ? kidOf(token) : null;
    const key = kid === null ? null : await keys.find(kid);
    if (kid === null || key === null) return 'INVALID';
    try {
      const { payload } = await jwtVerify(token, key.publicKey, {
        // The key's own, whatever the token says (RFC 8725 §3.1).
        algorithms: [key.algorithm],
        typ: type,
        issuer,
        audience,
        requiredClaims: ['exp', 'iat', 'sub', 'sid', 'jti', 'client_id'],
        currentDate: clock(),
      });
      const { sid, iat, exp } = claims.parse(payload);
      const fromTheFuture = iat > now() + maxClockSkewSeconds;
      if (fromTheFuture || exp - iat > lifetimeSeconds) return 'INVALID';
      return { sessionId: sid, issuedAt: dateOf(iat), expiresAt: dateOf(exp), kid };
    } catch (error) {
      if (error instanceof errors.JWTExpired) return 'EXPIRED';
      if (error instanceof errors.JOSEError || error instanceof z.ZodError) return 'INVALID';
      throw error;
    }
  }

  return {
    async sign({ id, userId }) {
      const { kid, algorithm, privateKey } = await keys.getSigner();
      const issuedAt = now();
      const expiresAt = issuedAt + lifetimeSeconds;
      const token = await new SignJWT({ sid: id, client_id: clientId })
        .setProtectedHeader({ alg: algorithm, typ: type, kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(userId)
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(privateKey);
      return { token, expiresAt: dateOf(expiresAt) };
    },
    async verify(token) {
      if (token.length > maxTokenLength) return 'INVALID';
      const digest = hash('sha256', token, 'base64');
      const known = verified.get(digest);
      if (known === undefined) {
        const claim = await check(token);
        if (typeof claim === 'object') verified.set(digest, claim);
        return claim;
      }
      // The signature is checked once; what may have changed since is asked each time.
      if (known.expiresAt <= clock()) return 'EXPIRED';
      return (await keys.find(known.kid)) === null ? 'INVALID' : known;
    },
  };
}

const dateOf = (seconds: number) => new Date(seconds * 1000);

function kidOf(token: string): string | null {
  try {
    const { kid } = decodeProtectedHeader(token);
    return typeof kid === 'string' ? kid : null;
  } catch {
    // Throws for whatever is no header.
    return null;
  }
}

/** Refuses what jose would take though it has another spelling: newlines, padding, stray bits. */
function isCanonicalJwt(token: string): boolean {
  const parts = token.split('.');
  return (
    parts.length === 3 &&
    parts.every((part) => decodeBase64url(part, Math.floor((part.length * 3) / 4)) !== null)
  );
}
