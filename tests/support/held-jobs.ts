import type { TestApp } from './test-app.ts';

/**
 * Keeps the jobs of a name waiting that are added from now on, or no test could see what they find.
 * Answers what ends that for those that are added later.
 */
export async function holdJobs(
  { database: { prisma } }: Pick<TestApp, 'database'>,
  name: 'account-emptying' | 'data-export',
): Promise<() => Promise<void>> {
  await prisma.$executeRaw`
    CREATE OR REPLACE FUNCTION hold_job() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.start_after := now() + interval '1 day';
      RETURN NEW;
    END $$`;
  await prisma.$executeRawUnsafe(`
    CREATE OR REPLACE TRIGGER "hold_${name}" BEFORE INSERT ON pgboss.job
      FOR EACH ROW WHEN (NEW.name = '${name}') EXECUTE FUNCTION hold_job()`);
  return async () => {
    await prisma.$executeRawUnsafe(`DROP TRIGGER "hold_${name}" ON pgboss.job`);
  };
}
