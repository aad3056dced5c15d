import type { Database } from '../database/database.ts';

/** How far jobs can be; `retry` waits to be tried again. */
export const jobStates = [
  'created',
  'retry',
  'active',
  'completed',
  'cancelled',
  'failed',
] as const;

/** How far a job is. */
export type JobState = (typeof jobStates)[number];

/** A job as people look at it; without its data. */
export interface ListedJob {
  id: string;
  name: string;
  state: JobState;
  /** How often it was begun. */
  tries: number;
  createdAt: Date;
  /** Not before then. */
  startsAfter: Date;
  endedAt: Date | null;
  /** Why it failed the last time; see `describeFault`. */
  fault: object | null;
}

/** Lists the newest jobs in these states, or the one with this id; none where no server was ever started. */
export async function listJobs(
  { prisma }: Pick<Database, 'prisma'>,
  states: readonly JobState[],
  limit: number,
  id: string | null = null,
): Promise<ListedJob[]> {
  const [table] = await prisma.$queryRaw<{ exists: boolean }[]>`
    SELECT to_regclass('pgboss.job') IS NOT NULL AS exists`;
  if (!table?.exists) return [];
  // What pg-boss keeps for itself begins with two underscores.
  return prisma.$queryRaw<ListedJob[]>`
    SELECT id::text, name, state::text, created_on AS "createdAt", start_after AS "startsAfter",
      completed_on AS "endedAt", output AS fault,
      retry_count + (started_on IS NOT NULL AND state <> 'retry')::int AS tries
    FROM pgboss.job
    WHERE state::text = ANY(${[...states]}) AND NOT starts_with(name, '__')
      AND (${id}::text IS NULL OR id::text = ${id})
    ORDER BY created_on DESC, id DESC LIMIT ${limit}`;
}
