import pg from 'pg';

/** A row of the table of users, as far as it is shown. */
export interface User {
  id: string;
  email: string;
  displayName: string;
  createdAt: Date;
}

interface Session {
  id: string;
  createdAt: Date;
}

/** Where a page of users begins: after the one with these. */
export interface UserPosition {
  createdAt: string;
  id: string;
}

const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.POOL_SIZE),
});

const start: UserPosition = { createdAt: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };

/** Finds whose a session is; null unless it runs and its user may use their account. */
export async function findViewer(sessionId: string): Promise<User | null> {
  const { rows } = await pool.query<User>({
    name: 'viewer',
    text: `
      SELECT u.id, u.email, u.display_name AS "displayName", u.created_at AS "createdAt"
      FROM session s JOIN "user" u ON u.id = s.user_id
      WHERE s.id = $1 AND s.revoked_at IS NULL AND least(s.expires_at, s.idle_expires_at) > now()
        AND u.status <> 'SUSPENDED' AND u.deleted_at IS NULL`,
    values: [sessionId],
  });
  return rows[0] ?? null;
}

/** Lists users, newest first. */
export async function listUsers(count: number, after: UserPosition = start): Promise<User[]> {
  const { rows } = await pool.query<User>({
    name: 'users',
    text: `
      SELECT id, email, display_name AS "displayName", created_at AS "createdAt"
      FROM "user"
      WHERE (created_at, id) < ($1, $2)
      ORDER BY created_at DESC, id DESC LIMIT $3`,
    values: [after.createdAt, after.id, count],
  });
  return rows;
}

/** Lists the newest sessions of each of the users, in the order of these. */
export async function listSessions(userIds: string[], count: number): Promise<Session[][]> {
  const { rows } = await pool.query<Session & { userId: string }>({
    name: 'sessions',
    text: `
      SELECT s.user_id AS "userId", s.id, s.created_at AS "createdAt"
      FROM unnest($1::uuid[]) AS listed(id) CROSS JOIN LATERAL (
        SELECT user_id, id, created_at FROM session WHERE user_id = listed.id
        ORDER BY created_at DESC, id DESC LIMIT $2
      ) s`,
    values: [userIds, count],
  });
  const byUser = Map.groupBy(rows, ({ userId }) => userId);
  return userIds.map((id) => byUser.get(id) ?? []);
}

/** Closes the connections. */
export const close = () => pool.end();
