import { Prisma } from '../../generated/prisma/client.ts';
import type { Database, Transaction } from '../../platform/database/database.ts';

/** How many connections of a session an instance holds. */
export interface HeldSession {
  sessionId: string;
  userId: string;
  connections: number;
}

/** SQL that holds for a lease `l` which an instance has not let run out. */
export const isLive = Prisma.sql`l.expires_at > statement_timestamp()`;

const leaseSeconds = 30;
const keptSeconds = 60;

/**
 * Writes what an instance holds, in one statement: good for 30 seconds by the clock of the database,
 * and gone where nothing is held any more. With `sweeps`, which reads all leases, what killed instances
 * have left is removed on the way.
 */
export async function writeLeases(
  prisma: Transaction,
  instanceId: string,
  held: readonly HeldSession[],
  sweeps: boolean,
): Promise<void> {
  const sessionIds = held.map(({ sessionId }) => sessionId);
  const userIds = held.map(({ userId }) => userId);
  const counts = held.map(({ connections }) => connections);
  await prisma.$executeRaw`
    WITH held AS (
      SELECT * FROM unnest(${sessionIds}::uuid[], ${userIds}::uuid[], ${counts}::int[])
        held (session_id, user_id, connections)
    ), left_behind AS (
      SELECT instance_id, session_id FROM connection_lease
      WHERE ${sweeps}::boolean AND instance_id <> ${instanceId}::uuid
        AND expires_at < statement_timestamp() - make_interval(secs => ${keptSeconds})
      -- Nobody waits for another here.
      FOR UPDATE SKIP LOCKED
    ), removed AS (
      DELETE FROM connection_lease lease USING left_behind
      WHERE lease.instance_id = left_behind.instance_id
        AND lease.session_id = left_behind.session_id
    ), released AS (
      DELETE FROM connection_lease lease USING held
      WHERE lease.instance_id = ${instanceId}::uuid AND lease.session_id = held.session_id
        AND held.connections = 0
    )
    INSERT INTO connection_lease (instance_id, session_id, user_id, connections, expires_at)
    SELECT ${instanceId}::uuid, session_id, user_id, connections,
      statement_timestamp() + make_interval(secs => ${leaseSeconds})
    FROM held WHERE connections > 0 ORDER BY session_id
    ON CONFLICT (instance_id, session_id) DO UPDATE
      SET connections = excluded.connections, expires_at = excluded.expires_at`;
}

/** Removes all leases of an instance. */
export async function removeLeases(prisma: Database['prisma'], instanceId: string): Promise<void> {
  await prisma.connectionLease.deleteMany({ where: { instanceId } });
}

/** Counts the connections of sessions that some instance holds now; without those that have none. */
export async function countOfSessions(
  prisma: Database['prisma'],
  sessionIds: readonly string[],
): Promise<Map<string, number>> {
  const counts = await prisma.$queryRaw<{ id: string; connections: number }[]>`
    SELECT session_id AS id, sum(connections)::int AS connections FROM connection_lease l
    WHERE session_id = ANY(${sessionIds}::uuid[]) AND ${isLive}
    GROUP BY session_id`;
  return new Map(counts.map(({ id, connections }) => [id, connections]));
}
