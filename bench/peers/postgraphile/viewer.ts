import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import type pg from 'pg';

const keys = createLocalJWKSet(JSON.parse(process.env.JWKS ?? ''));
const expected = {
  algorithms: ['EdDSA'],
  typ: 'at+jwt',
  issuer: process.env.ISSUER ?? '',
  audience: process.env.AUDIENCE ?? '',
};

/** Finds whose the session of a bearer token is; null unless both may be used. */
export async function findViewer(
  pool: pg.Pool,
  authorization: string | undefined,
): Promise<string | null> {
  if (authorization === undefined) return null;
  try {
    const token = authorization.replace(/^Bearer /, '');
    const { payload } = await jwtVerify<{ sid: string }>(token, keys, expected);
    const { rows } = await pool.query<{ userId: string }>({
      name: 'viewer',
      text: `
        SELECT u.id AS "userId"
        FROM session s JOIN "user" u ON u.id = s.user_id
        WHERE s.id = $1 AND s.revoked_at IS NULL AND least(s.expires_at, s.idle_expires_at) > now()
          AND u.status <> 'SUSPENDED' AND u.deleted_at IS NULL`,
      values: [payload.sid],
    });
    return rows[0]?.userId ?? null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}
