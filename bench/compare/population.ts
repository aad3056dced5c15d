import type { BenchDatabase } from './bench-database.ts';
import type { Person } from './system.ts';

/** How many there are, besides the administrator. */
const userCount = 10_000;
/** How many sessions each begins with. */
const sessionCount = 3;

// Names are plain ASCII with quotes in some: what measures takes each part of an answer that comes
// in several for whole characters.
const users = `
  INSERT INTO "user" (id, email, email_verified_at, display_name, created_at, updated_at)
  SELECT encode(set_byte(
      substring(int8send((extract(epoch FROM made.at) * 1000)::int8) FROM 3)
        || substring(uuid_send(gen_random_uuid()) FROM 7),
      6, 112 | (get_byte(uuid_send(gen_random_uuid()), 6) & 15)), 'hex')::uuid,
    'user' || made.number || '@example.com', made.at,
    CASE WHEN made.number % 7 = 0 THEN 'Ada "the ' || made.number || 'th" O''Neil'
      ELSE 'Grace Example ' || made.number END,
    made.at, made.at
  FROM (
    SELECT number, date_trunc('milliseconds', now()) - make_interval(mins => $1::int + 1 - number)
      AS at
    FROM generate_series(1, $1::int) number
  ) made`;

const sessions = `
  INSERT INTO session (id, user_id, salt, created_at, last_used_at, expires_at, idle_expires_at,
    device_label, amr, authenticated_at)
  SELECT gen_random_uuid(), u.id, sha256(u.id::text::bytea), began.at, began.at,
    began.at + interval '90 days', began.at + interval '30 days', 'Device ' || number,
    '{PASSWORD}', began.at
  FROM "user" u, generate_series(1, $1::int) number,
    LATERAL (SELECT u.created_at + make_interval(secs => number) AS at) began`;

/**
 * Fills the tables that a start of Latchkey has made, with its first administrator in them. All
 * users have the password of the administrator. Of the oldest, who are on no first page, so many
 * become viewers: administrators, too.
 */
export async function seed(database: BenchDatabase, viewerCount: number): Promise<Person[]> {
  const { query } = database;
  await query(`UPDATE "user" SET created_at = created_at - interval '1 year'`);
  await query(users, [userCount]);
  await query(
    `INSERT INTO password_credential (user_id, hash)
     SELECT u.id, known.hash FROM "user" u, password_credential known
     WHERE u.id <> known.user_id`,
  );
  await query(sessions, [sessionCount]);
  const viewers = await query<Person>(
    `SELECT id, email FROM "user" WHERE email LIKE 'user%' ORDER BY created_at, id LIMIT $1`,
    [viewerCount],
  );
  await query(
    `INSERT INTO user_role (user_id, role_id)
     SELECT u.id, r.id FROM "user" u, role r WHERE u.id = ANY ($1) AND r.key = 'admin'
     UNION ALL
     SELECT u.id, r.id FROM "user" u, role r WHERE u.email LIKE 'user%' AND r.key = 'user'`,
    [viewers.map(({ id }) => id)],
  );
  await query('VACUUM ANALYZE');
  return viewers;
}

/** Lists addresses of people who are no viewers and on no first page. */
export async function listPeople({ query }: BenchDatabase, viewers: readonly Person[]) {
  const rows = await query<Person>(
    `SELECT id, email FROM "user" WHERE email LIKE 'user%' AND id <> ALL ($1)
     ORDER BY created_at, id LIMIT $2`,
    [viewers.map(({ id }) => id), userCount / 2],
  );
  return rows.map(({ email }) => email);
}
