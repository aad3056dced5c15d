import pg from 'pg';
import type { SessionClaim } from './tokens.ts';

/** Connections to the database, as many as every system may have. */
export const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.POOL_SIZE),
});

/** Holds where the session of the caller, $1 of the user $2, runs, and they may use their account. */
const isSignedIn = `s.id = $1 AND s.user_id = $2 AND s.revoked_at IS NULL
  AND least(s.expires_at, s.idle_expires_at) > statement_timestamp()
  AND viewer.status <> 'SUSPENDED' AND viewer.deleted_at IS NULL`;

const selectViewer = `
  SELECT viewer.id, viewer.email, viewer.display_name, viewer.created_at
  FROM session s JOIN "user" viewer ON viewer.id = s.user_id WHERE ${isSignedIn}`;

const newestUsers = `
  SELECT id, display_name, created_at FROM "user"
  WHERE EXISTS (
    SELECT FROM session s JOIN "user" viewer ON viewer.id = s.user_id WHERE ${isSignedIn}
  )
  ORDER BY created_at DESC, id DESC LIMIT 21`;

const newestUsersWithSessions = `
  SELECT u.id, u.display_name, u.created_at, recent.id, recent.created_at
  FROM (${newestUsers}) u LEFT JOIN LATERAL (
    SELECT id, created_at FROM session s
    WHERE s.user_id = u.id AND s.revoked_at IS NULL
      AND least(s.expires_at, s.idle_expires_at) > statement_timestamp()
    ORDER BY created_at DESC, id DESC LIMIT 3
  ) recent ON true
  ORDER BY u.created_at DESC, u.id DESC, recent.created_at DESC, recent.id DESC`;

const pageSize = 20;

/** Runs a statement that each connection prepares once; answers its rows as lists of columns. */
async function run<Row extends unknown[]>(
  name: string,
  text: string,
  { sessionId, userId }: SessionClaim,
): Promise<Row[]> {
  const query = { name, text, values: [sessionId, userId], rowMode: 'array' as const };
  return (await pool.query<Row>(query)).rows;
}

/** Answers the user of a session that runs. */
export async function findViewer(session: SessionClaim): Promise<string | null> {
  const [row] = await run<[string, string, string, Date]>('viewer', selectViewer, session);
  if (row === undefined) return null;
  const [id, email, displayName, createdAt] = row;
  return `{"id":"${id}","email":${JSON.stringify(email)},"displayName":${JSON.stringify(displayName)},"createdAt":"${createdAt.toISOString()}"}`;
}

/** Answers the newest users, and with them their newest sessions. */
export async function findPage(
  session: SessionClaim,
  withSessions: boolean,
): Promise<string | null> {
  const users = withSessions ? await readWithSessions(session) : await readUsers(session);
  // The caller is a user, too.
  if (users.length === 0) return null;
  const shown = users.slice(0, pageSize);
  const last = shown.at(-1);
  const cursor = Buffer.from(`${last?.createdAt},${last?.id}`).toString('base64url');
  return `{"users":[${shown.map(({ text }) => text).join(',')}],"hasNextPage":${users.length > pageSize},"endCursor":"${cursor}"}`;
}

interface ShownUser {
  id: string;
  createdAt: string;
  text: string;
}

async function readUsers(session: SessionClaim): Promise<ShownUser[]> {
  const rows = await run<[string, string, Date]>('users', newestUsers, session);
  return rows.map(([id, displayName, createdAt]) => show(id, displayName, createdAt, ''));
}

async function readWithSessions(session: SessionClaim): Promise<ShownUser[]> {
  const rows = await run<[string, string, Date, string | null, Date | null]>(
    'users-with-sessions',
    newestUsersWithSessions,
    session,
  );
  const users: ShownUser[] = [];
  for (let index = 0; index < rows.length; ) {
    const [id, displayName, createdAt] = rows[index] ?? ['', '', new Date(0)];
    const sessions: string[] = [];
    for (; rows[index]?.[0] === id; index++) {
      const [, , , sessionId, beganAt] = rows[index] ?? [];
      if (sessionId) sessions.push(`{"id":"${sessionId}","createdAt":"${beganAt?.toISOString()}"}`);
    }
    users.push(show(id, displayName, createdAt, `,"sessions":[${sessions.join(',')}]`));
  }
  return users;
}

function show(id: string, displayName: string, createdAt: Date, more: string): ShownUser {
  const time = createdAt.toISOString();
  const text = `{"id":"${id}","displayName":${JSON.stringify(displayName)},"createdAt":"${time}"${more}}`;
  return { id, createdAt: time, text };
}
