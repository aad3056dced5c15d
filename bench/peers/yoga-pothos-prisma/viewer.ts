import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import { type Context, prisma } from './schema.ts';

const keys = createLocalJWKSet(JSON.parse(process.env.JWKS ?? ''));
const expected = {
  algorithms: ['EdDSA'],
  typ: 'at+jwt',
  issuer: process.env.ISSUER ?? '',
  audience: process.env.AUDIENCE ?? '',
};

/** Makes the context of a request out of its Authorization header. */
export function createContext(authorization: string | null | undefined): Context {
  let found: Promise<string | null> | undefined;
  return {
    viewerId() {
      found ??= findViewer(authorization);
      return found;
    },
  };
}

/** Finds whose the session of a bearer token is; null unless both may be used. */
async function findViewer(authorization: string | null | undefined): Promise<string | null> {
  const token = authorization?.match(/^Bearer (.+)$/)?.[1];
  if (token === undefined) return null;
  try {
    const { payload } = await jwtVerify<{ sid: string }>(token, keys, expected);
    const now = new Date();
    const session = await prisma.session.findUnique({
      where: {
        id: payload.sid,
        revokedAt: null,
        expiresAt: { gt: now },
        idleExpiresAt: { gt: now },
        user: { status: { not: 'SUSPENDED' }, deletedAt: null },
      },
      select: { userId: true },
    });
    return session?.userId ?? null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}
