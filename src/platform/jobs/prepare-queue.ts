import type { PgBoss } from 'pg-boss';
import type { Database } from '../database/database.ts';
import type { JobSettings } from './job-settings.ts';

const keptForSeconds = 14 * 24 * 60 * 60;
/** A worker that is silent for this long counts as dead, and its jobs are tried again. */
const heartbeatSeconds = 30;

/** Creates one queue, or brings it to these settings, and frees what a dead process held. */
export async function prepareQueue(
  boss: PgBoss,
  database: Database,
  name: string,
  settings: JobSettings,
): Promise<void> {
  const queue = {
    retryLimit: settings.retryLimit,
    retryDelay: settings.retryDelaySeconds,
    retryBackoff: true,
    retryDelayMax: settings.retryDelayMaxSeconds,
    expireInSeconds: settings.timeoutSeconds,
    retentionSeconds: keptForSeconds,
    deleteAfterSeconds: keptForSeconds,
    heartbeatSeconds,
    notify: settings.urgent,
  };
  await boss.createQueue(name, queue);
  await boss.updateQueue(name, queue);
  await rememberQueue(boss, name);
  if (database.driver.kind === 'embedded') await releaseOrphans(boss, database, name);
}

/** Has pg-boss look the queue up now rather than at the first send, inside a transaction. */
async function rememberQueue(boss: PgBoss, name: string): Promise<void> {
  await boss.findJobs(name, { id: '00000000-0000-0000-0000-000000000000' });
}

/** The embedded database is open in one process only: a job that is active at its start is nobody's. */
async function releaseOrphans(boss: PgBoss, database: Database, name: string): Promise<void> {
  const jobs = await database.prisma.$queryRaw<{ id: string }[]>`
    SELECT id FROM pgboss.job WHERE name = ${name} AND state = 'active'`;
  if (jobs.length === 0) return;
  await boss.fail(
    name,
    jobs.map(({ id }) => id),
    { type: 'Interrupted' },
  );
}
