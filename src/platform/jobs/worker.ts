import type { JobResult, JobWithMetadata, PgBoss } from 'pg-boss';
import { describeFault, isPermanent } from '../fault.ts';
import type { Log } from '../log.ts';

/** What a handler is told besides the data. */
export interface JobContext {
  /** The same on every try. */
  id: string;
  /** By the database's time. */
  enqueuedAt: Date;
  /** Counts the tries from 1. */
  attempt: number;
  /** Fires when the try took too long or the process stops: whatever still runs is for nothing. */
  signal: AbortSignal;
}

/**
 * Does a job; may be called again for one that it finished, if the process died before that was
 * noted. A rejection means another try later, unless the error says `permanent: true`.
 */
export type JobHandler<Data extends object> = (data: Data, context: JobContext) => Promise<void>;

// NOTIFY is the fast way; polling finds retries and what a lost notice left behind.
const pollingSeconds = 2;

/** Works the jobs of one name until pg-boss stops. */
export async function startWorker<Data extends object>(worker: {
  boss: PgBoss;
  log: Log;
  name: string;
  concurrency: number;
  handle: JobHandler<Data>;
}): Promise<void> {
  const { boss, log, name, concurrency, handle } = worker;
  const options = {
    perJobResults: true,
    includeMetadata: true,
    pollingIntervalSeconds: pollingSeconds,
    notifyPollingIntervalSeconds: pollingSeconds,
  } as const;
  for (let started = 0; started < concurrency; started++) {
    let workerId = '';
    workerId = await boss.work<Data, void, typeof options>(name, options, async (jobs) => {
      const results = await Promise.all(jobs.map((job) => work(job, handle, log)));
      // Look for the next job at once, or a backlog would drain by one job a poll.
      boss.notifyWorker(workerId);
      return results;
    });
  }
}

/** Never rejects: pg-boss would store the whole error, message included, in the job's row. */
async function work<Data extends object>(
  job: JobWithMetadata<Data>,
  handle: JobHandler<Data>,
  log: Log,
): Promise<JobResult> {
  const { id, signal } = job;
  const attempt = job.retryCount + 1;
  const fields = { job: job.name, jobId: id, attempt };
  const onAbort = () => log.warn(fields, 'A job was cut off.');
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await handle(job.data, { id, enqueuedAt: job.createdOn, attempt, signal });
    return { id, status: 'completed' };
  } catch (error) {
    const fault = describeFault(error);
    if (isPermanent(error)) {
      log.error({ ...fields, fault }, 'A job failed for good.');
      // The only result that skips the remaining tries; without a dead-letter queue it just fails.
      return { id, status: 'deadletter', output: fault };
    }
    if (job.retryCount < job.retryLimit) {
      log.warn({ ...fields, fault }, 'A job failed; it will be tried again.');
    } else {
      log.error({ ...fields, fault }, 'A job failed as often as allowed.');
    }
    return { id, status: 'failed', output: fault };
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
