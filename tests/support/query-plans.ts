import type { Database } from '../../src/platform/database/database.ts';

/** A step of a query plan, as far as tests look at it. */
export interface PlanStep {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  /** Of this step and those below it. */
  'Shared Hit Blocks'?: number;
  'Shared Read Blocks'?: number;
  Plans?: PlanStep[];
}

/** A statement as the driver got it. */
export interface SentStatement {
  sql: string;
  values: unknown[];
}

/** Asks the database how it runs a statement; all steps in one list. `analyze` really runs it. */
export async function explain(
  { driver }: Database,
  { sql, values }: SentStatement,
  { analyze = false } = {},
): Promise<PlanStep[]> {
  const statement = `EXPLAIN (FORMAT JSON, ANALYZE ${analyze}, BUFFERS ${analyze}) ${sql}`;
  const { rows } =
    driver.kind === 'embedded'
      ? await driver.pglite.query<Record<string, { Plan: PlanStep }[]>>(statement, values)
      : await driver.pool.query<Record<string, { Plan: PlanStep }[]>>(statement, values);
  return (rows[0]?.['QUERY PLAN'] ?? []).flatMap(({ Plan }) => withSubsteps(Plan));
}

function withSubsteps(step: PlanStep): PlanStep[] {
  return [step, ...(step.Plans ?? []).flatMap(withSubsteps)];
}

/**
 * Fills the tables that grow with the number of accounts, so that reading one as a whole is what
 * the planner avoids, and lets it count what is in them.
 */
export async function fillTables({ prisma }: Database, accounts: number): Promise<void> {
  // Four accounts share a moment, twenty a name.
  await prisma.$executeRaw`
    INSERT INTO "user" (id, email, display_name, username_key, created_at, updated_at,
      last_seen_at)
    SELECT gen_random_uuid(), 'user' || n || '@example.com', 'User ' || n % (${accounts}::int / 20),
      'user' || n, now() - n / 4 * interval '1 minute', now() - n / 4 * interval '1 second',
      now() - n / 4 * interval '1 second'
    FROM generate_series(1, ${accounts}::int) n`;
  await prisma.$executeRaw`
    INSERT INTO password_credential (user_id, hash) SELECT id, 'none' FROM "user"
    ON CONFLICT DO NOTHING`;
  await prisma.$executeRaw`
    INSERT INTO user_role (user_id, role_id)
    SELECT u.id, r.id FROM "user" u, role r WHERE r.key = 'user' ON CONFLICT DO NOTHING`;
  await prisma.$executeRaw`
    INSERT INTO session (id, user_id, salt, authenticated_at, expires_at, idle_expires_at)
    SELECT gen_random_uuid(), id, '\\x00', now(), now() + interval '1 day', now() + interval '1 day'
    FROM "user"`;
  await prisma.$executeRaw`
    INSERT INTO sign_up (id, email, display_name, password_hash, expires_at)
    SELECT gen_random_uuid(), 'new.' || email, '', '', now() + interval '1 day' FROM "user"`;
  await prisma.$executeRaw`
    INSERT INTO mailed_token (id, purpose, email, user_id, expires_at)
    SELECT gen_random_uuid(), purpose, email, CASE purpose WHEN 'CHANGE_EMAIL' THEN id END,
      now() + interval '10 minutes'
    FROM "user" CROSS JOIN unnest(enum_range(NULL::mailed_token_purpose)) purpose`;
  // One in three is about an account, the others about sessions.
  await prisma.$executeRaw`
    INSERT INTO logged_event (id, topic, type, user_id, data)
    SELECT gen_random_uuid(), 'SESSION', 'SessionRevoked', u.id, '{}' FROM "user" u
    CROSS JOIN generate_series(1, 2)`;
  await prisma.$executeRaw`
    INSERT INTO logged_event (id, topic, type, user_id, data)
    SELECT gen_random_uuid(), 'USER', 'UserChanged', id, '{"change": "UPDATED", "changedFields": []}'
    FROM "user"`;
  await prisma.$executeRaw`ANALYZE`;
}
