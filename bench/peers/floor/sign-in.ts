import { randomBytes } from 'node:crypto';
import argon2 from 'argon2';
import { generateKeyPair, SignJWT } from 'jose';
import { pool } from './queries.ts';

const { privateKey } = await generateKeyPair('EdDSA');
const lifetimeSeconds = 600;

/**
 * Signs somebody in: compares the password as the library's guide shows it, stores the session and
 * answers a token. How many passwords are compared at once is left to the runtime.
 */
export async function signIn(email: string, password: string): Promise<string | null> {
  const { rows } = await pool.query<{ id: string; hash: string }>({
    name: 'credential',
    text: `SELECT u.id, c.hash FROM "user" u JOIN password_credential c ON c.user_id = u.id
      WHERE u.email = $1 AND u.status <> 'SUSPENDED' AND u.deleted_at IS NULL`,
    values: [email],
  });
  const [user] = rows;
  if (user === undefined || !(await argon2.verify(user.hash, password))) return null;
  const session = await pool.query<{ id: string }>({
    name: 'new-session',
    text: `INSERT INTO session (id, user_id, salt, expires_at, idle_expires_at, amr, authenticated_at)
      VALUES (gen_random_uuid(), $1, $2, now() + interval '90 days', now() + interval '30 days',
        '{PASSWORD}', now()) RETURNING id`,
    values: [user.id, randomBytes(32)],
  });
  const accessToken = await new SignJWT({ sid: session.rows[0]?.id })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt' })
    .setSubject(user.id)
    .setIssuedAt()
    .setExpirationTime(`${lifetimeSeconds}s`)
    .sign(privateKey);
  return JSON.stringify({ accessToken });
}
