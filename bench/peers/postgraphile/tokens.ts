import { createLocalJWKSet, errors, jwtVerify } from 'jose';

const keys = createLocalJWKSet(JSON.parse(process.env.JWKS ?? ''));
const expected = {
  algorithms: ['EdDSA'],
  typ: 'at+jwt',
  issuer: process.env.ISSUER ?? '',
  audience: process.env.AUDIENCE ?? '',
};

/** Reads the session that a bearer token is of; null for a stranger. */
export async function readSessionId(authorization: string | undefined): Promise<string | null> {
  if (authorization === undefined) return null;
  try {
    const token = authorization.replace(/^Bearer /, '');
    const { payload } = await jwtVerify<{ sid: string }>(token, keys, expected);
    return payload.sid;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}
