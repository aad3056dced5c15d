import type { BenchDatabase } from './bench-database.ts';
import type { WorkloadName } from './system.ts';

const pageSize = 20;

/** Tells what a viewer is to be answered, in the shape in which answers are compared. */
export type Expected = (workload: WorkloadName, viewerId: string) => unknown;

interface UserRow {
  id: string;
  displayName: string;
  createdAt: Date;
}

/** Reads from the database itself what is right now. */
export async function readExpected({ query }: BenchDatabase): Promise<Expected> {
  const users = await query<UserRow & { email: string }>(
    `SELECT id, email, display_name AS "displayName", created_at AS "createdAt" FROM "user"
     ORDER BY created_at DESC, id DESC`,
  );
  const page = users.slice(0, pageSize).map(({ email: _, ...user }) => user);
  const sessions = await query<{ id: string; userId: string; createdAt: Date }>(
    `SELECT id, user_id AS "userId", created_at AS "createdAt" FROM (
       SELECT *, row_number() OVER (PARTITION BY user_id ORDER BY created_at DESC, id DESC) AS place
       FROM session
       WHERE user_id = ANY ($1) AND revoked_at IS NULL
         AND least(expires_at, idle_expires_at) > now()
     ) newest WHERE place <= 3 ORDER BY created_at DESC, id DESC`,
    [page.map(({ id }) => id)],
  );
  const sessionsOf = (userId: string) =>
    sessions.filter((each) => each.userId === userId).map(({ userId: _, ...session }) => session);
  const pages = {
    W2: { users: page, hasNextPage: true },
    W3: {
      users: page.map((user) => ({ ...user, sessions: sessionsOf(user.id) })),
      hasNextPage: true,
    },
    W4: { __typename: 'Query' },
  };
  const byId = new Map(users.map((user) => [user.id, user]));
  return (workload, viewerId) =>
    asWritten(workload === 'W1' ? byId.get(viewerId) : pages[workload]);
}

/** Writes times as they are sent. */
const asWritten = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
