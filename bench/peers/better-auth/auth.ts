import { betterAuth } from 'better-auth';
import pg from 'pg';

const { DATABASE_URL, POOL_SIZE, HOST, PORT } = process.env;

/** Connections to the database; the tables of Better Auth are in a schema of their own. */
export const pool = new pg.Pool({
  connectionString: DATABASE_URL,
  max: Number(POOL_SIZE),
  options: '-c search_path=better_auth',
});

/** Better Auth, as its guide sets it up for PostgreSQL. */
export const auth = betterAuth({
  baseURL: `http://${HOST}:${PORT}`,
  secret: 'known to everybody who reads this benchmark',
  database: pool,
  emailAndPassword: { enabled: true },
  // Its guide promises half to a third of the time for sessions.
  advanced: { database: { joins: true } },
  // In production it would refuse more than a hundred requests in a minute.
  rateLimit: { enabled: false },
  logger: { level: 'warn' },
});
