// Makes the tables of Better Auth with the users of the benchmark in them, and signs in whoever may
// ask: prints their cookies, by address, and those of a session that has ended.
import { getMigrations } from 'better-auth/db/migration';
import { auth, pool } from './auth.ts';

const password = process.env.PASSWORD ?? '';

await pool.query('DROP SCHEMA IF EXISTS better_auth CASCADE');
await pool.query('CREATE SCHEMA better_auth');
const { runMigrations } = await getMigrations(auth.options);
await runMigrations();

// One sign-up of its own; all others get its password hash.
await auth.api.signUpEmail({ body: { email: 'first@example.org', name: 'First', password } });
await pool.query(`
  INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
  SELECT id, display_name, email, true, created_at, updated_at FROM public."user"`);
await pool.query(`
  INSERT INTO account
    (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
  SELECT gen_random_uuid(), u.id, 'credential', u.id, known.password, u."createdAt", u."updatedAt"
  FROM "user" u, account known WHERE u.id <> known."userId"`);
await pool.query('ANALYZE');

const { rows: viewers } = await pool.query<{ email: string }>(`
  SELECT u.email FROM public."user" u JOIN public.user_role ur ON ur.user_id = u.id
  JOIN public.role r ON r.id = ur.role_id WHERE r.key = 'admin'`);

async function signIn(email: string): Promise<string> {
  const { headers } = await auth.api.signInEmail({
    body: { email, password },
    returnHeaders: true,
  });
  const cookies = headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  return cookies.join('; ');
}

const running: Record<string, string> = {};
for (const { email } of viewers) running[email] = await signIn(email);
const ended = await signIn('first@example.org');
await auth.api.signOut({ headers: new Headers({ cookie: ended }) });
console.log(JSON.stringify({ running, ended }));
await pool.end();
