import type { Database, Transaction } from '../database/database.ts';

/**
 * Removes the jobs of a name, done or not, whose data has one of the values, such as an address. One
 * that is worked at this moment is worked to its end.
 */
export async function forgetJobs(
  transaction: Transaction,
  name: string,
  values: readonly string[],
): Promise<void> {
  await transaction.$executeRaw`
    DELETE FROM pgboss.job WHERE name = ${name}
      AND EXISTS (SELECT FROM jsonb_each_text(data) entry WHERE entry.value = ANY(${[...values]}::text[]))`;
}

/** Empties the data of a job that has done its work, where it is not to be kept as long as the row. */
export async function emptyJob(
  { prisma }: Pick<Database, 'prisma'>,
  name: string,
  id: string,
): Promise<void> {
  await prisma.$executeRaw`
    UPDATE pgboss.job SET data = '{}' WHERE name = ${name} AND id = ${id}::uuid`;
}
