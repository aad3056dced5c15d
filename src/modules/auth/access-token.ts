import { randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { decodeBase64url } from '../../platform/base64url.ts';
import type { Clock } from '../../platform/clock.ts';
import { signingAlgorithm } from './signing-key-store.ts';
import type { SigningKeys } from './signing-keys.ts';

/** A signed access token and its end. */
export interface AccessToken {
  token: string;
  expiresAt: Date;
}

/** Signs and checks access tokens: JWTs in the profile of RFC 9068. */
export interface AccessTokens {
  /** Signs a token for a session. */
  sign(session: { id: string; userId: string }): Promise<AccessToken>;
  /**
   * Reads the session id out of a token whose form, signature, issuer, audience and times hold;
   * null for any other. Whether that session still runs is not checked here.
   */
  verify(token: string): Promise<string | null>;
}

const tokenType = 'at+jwt';
const clientId = 'latchkey';
const maxTokenLength = 4096;
const maxClockSkewSeconds = 30;

const seconds = z.int().nonnegative();
const claims = z.object({
  sub: z.guid(),
  sid: z.guid(),
  client_id: z.literal(clientId),
  jti: z.string().min(1),
  iat: seconds,
  exp: seconds,
});

/** Builds the tokens of one issuer, which is their audience too. */
export function createAccessTokens(
  keys: SigningKeys,
  clock: Clock,
  { issuer, lifetimeSeconds }: { issuer: string; lifetimeSeconds: number },
): AccessTokens {
  const now = () => Math.floor(clock().getTime() / 1000);
  return {
    async sign({ id, userId }) {
      const issuedAt = now();
      const expiresAt = issuedAt + lifetimeSeconds;
      const token = await new SignJWT({ sid: id, client_id: clientId })
        .setProtectedHeader({ alg: signingAlgorithm, typ: tokenType, kid: keys.active.kid })
        .setIssuer(issuer)
        .setAudience(issuer)
        .setSubject(userId)
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(keys.active.privateKey);
      return { token, expiresAt: new Date(expiresAt * 1000) };
    },
    async verify(token) {
      if (!isCanonicalJwt(token)) return null;
      try {
        const { payload } = await jwtVerify(token, async ({ kid }) => findKey(keys, kid), {
          algorithms: [signingAlgorithm],
          typ: tokenType,
          issuer,
          audience: issuer,
          requiredClaims: ['exp', 'iat', 'sub', 'sid', 'jti', 'client_id'],
          currentDate: clock(),
        });
        const { sid, iat, exp } = claims.parse(payload);
        const fromTheFuture = iat > now() + maxClockSkewSeconds;
        return fromTheFuture || exp - iat > lifetimeSeconds ? null : sid;
      } catch (error) {
        if (error instanceof errors.JOSEError || error instanceof z.ZodError) return null;
        throw error;
      }
    },
  };
}

async function findKey(keys: SigningKeys, kid: string | undefined) {
  const key = kid === undefined ? null : await keys.find(kid);
  if (key === null) throw new errors.JWKSNoMatchingKey();
  return key;
}

/** Refuses what jose would take though it has another spelling: newlines, padding, stray bits. */
function isCanonicalJwt(token: string): boolean {
  const parts = token.split('.');
  return (
    token.length <= maxTokenLength &&
    parts.length === 3 &&
    parts.every((part) => decodeBase64url(part, Math.floor((part.length * 3) / 4)) !== null)
  );
}
