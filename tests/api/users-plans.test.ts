import { beforeAll, describe, expect, it } from 'vitest';
import type { UserFilter, UserSort } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { type Person, signUpAdmin } from '../support/people.ts';
import { explain, type PlanStep } from '../support/query-plans.ts';
import { ask } from '../support/request.ts';
import { type StatementWatch, watchStatements } from '../support/statements.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

const Users = graphql(`
  query UsersPlans($filter: UserFilter, $orderBy: UserOrder) {
    users(filter: $filter, orderBy: $orderBy, first: 20) { totalCount nodes { id } }
  }
`);

/** Fewer, and the planner may well read all of them. */
const accounts = 5_000;

/** Fills the table with accounts of whom few are anything out of the ordinary. */
async function fillUsers({ prisma }: TestApp['database']): Promise<void> {
  await prisma.$executeRaw`
    INSERT INTO "user" (id, email, display_name, created_at, updated_at, last_seen_at, status,
      email_verified_at)
    SELECT gen_random_uuid(), md5(n::text) || '@example.com', md5((n / 2)::text),
      now() - n * interval '1 hour', now() - n / 2 * interval '1 hour',
      now() - n / 3 * interval '1 hour',
      (CASE WHEN n % 250 = 0 THEN 'SUSPENDED' ELSE 'ACTIVE' END)::user_status,
      CASE WHEN n % 250 <> 1 THEN now() END
    FROM generate_series(1, ${accounts}::int) n`;
  await prisma.$executeRaw`
    INSERT INTO role (id, key, permissions) VALUES (gen_random_uuid(), 'support', '{}')`;
  await prisma.$executeRaw`
    INSERT INTO user_role (user_id, role_id)
    SELECT u.id, r.id FROM "user" u, role r
    WHERE r.key = 'user' OR r.key = 'support' AND u.status = 'SUSPENDED' ON CONFLICT DO NOTHING`;
  await prisma.$executeRaw`VACUUM ANALYZE`;
}

let testApp: TestApp;
let watch: StatementWatch;
let admin: Person;
beforeAll(async () => {
  const running = await startTestApp();
  testApp = running;
  watch = watchStatements(running.database);
  admin = await signUpAdmin(running);
  await fillUsers(running.database);
  return running.stop;
});

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
const week = { from: hoursAgo(300), to: hoursAgo(132) };
const hour = { from: hoursAgo(300), to: hoursAgo(299) };
const md5OfOne = 'c4ca4238a0b923820dcc509a6f75849b';

/** Filters, and the indexes by which those are found whom few of them let through. */
const filters: [kind: string, filter: UserFilter, rareBy: string[] | null][] = [
  ['a part of an address', { search: 'c4ca4238' }, ['user_email_trgm_idx']],
  ['a part of a name in another case', { search: 'C81E728D' }, ['user_display_name_trgm_idx']],
  ['a part that all have', { search: 'example' }, null],
  ['an address', { email: `${md5OfOne}@example.com` }, ['user_email_key']],
  ['a rare status', { status: ['SUSPENDED'] }, ['user_status_created_at_id_idx']],
  [
    'two rare statuses',
    { status: ['SUSPENDED', 'DELETION_SCHEDULED'] },
    ['user_status_created_at_id_idx'],
  ],
  ['the usual status', { status: ['ACTIVE'] }, null],
  ['a rare role', { role: 'support' }, ['user_role_role_id_idx', 'user_pkey']],
  ['the usual role', { role: 'user' }, null],
  [
    'addresses that are not confirmed',
    { emailVerified: false },
    ['user_email_verified_at_created_at_id_idx'],
  ],
  ['addresses that are confirmed', { emailVerified: true }, null],
  ['an hour of sign-ups', { createdAt: hour }, ['user_created_at_id_idx']],
  ['an hour of use', { lastSeenAt: hour }, ['user_last_seen_at_id_idx']],
  [
    'what is rare together',
    { status: ['SUSPENDED'], createdAt: week, search: 'ab1' },
    ['user_status_created_at_id_idx'],
  ],
];
const sorts: UserSort[] = ['CREATED_AT', 'UPDATED_AT', 'LAST_SEEN_AT', 'EMAIL', 'DISPLAY_NAME'];

const orders = sorts.flatMap((by) =>
  (['ASC', 'DESC'] as const).map((direction) => ({ by, direction })),
);

/** Explains the statements for the page and for the count. */
async function plansOf(filter: UserFilter, orderBy: (typeof orders)[number]) {
  const run = () => ask(testApp, Users, { filter, orderBy }, admin);
  const { sent, values } = await watch.record(run);
  const plan = (kind: RegExp) => {
    const index = sent.findIndex((sql) => kind.test(sql));
    return explain(testApp.database, { sql: sent[index] ?? '', values: values[index] ?? [] });
  };
  return { page: await plan(/ LIMIT /), count: await plan(/count\(/i) };
}

const readAsAWhole = (plan: PlanStep[]) =>
  plan.filter((step) => step['Node Type'] === 'Seq Scan').map((step) => step['Relation Name']);
const indexesOf = (plan: PlanStep[]) => plan.flatMap((step) => step['Index Name'] ?? []);

describe.each(filters)('users by %s', (_kind, filter, rareBy) => {
  it.each(orders)('are not looked for in all of the table: $by $direction', async (orderBy) => {
    const { page, count } = await plansOf(filter, orderBy);
    expect(readAsAWhole(page)).not.toContain('user');
    // Whoever counts nearly all reads nearly all.
    if (rareBy === null) return;
    expect(indexesOf(page)).toEqual(expect.arrayContaining(rareBy));
    expect(indexesOf(count)).toEqual(expect.arrayContaining(rareBy));
    expect(readAsAWhole(count)).not.toContain('user');
  });
});
