import { setTimeout } from 'node:timers/promises';
import { fromPrisma } from 'pg-boss';
import type { Database, Transaction } from '../database/database.ts';
import { describeFault } from '../fault.ts';
import type { Log } from '../log.ts';
import { openBoss } from './boss.ts';
import type { JobSettings } from './job-settings.ts';
import { prepareQueue } from './prepare-queue.ts';
import { type JobHandler, startWorker } from './worker.ts';

/** Requires of a map from the names of jobs to what they carry that each of it is an object. */
export type JobMap<Jobs> = { [Name in keyof Jobs]: object };

/** What does the jobs of each name. */
export type JobHandlers<Jobs extends JobMap<Jobs>> = {
  [Name in keyof Jobs]: JobHandler<Jobs[Name]>;
};

/** How one job differs from the others of its name. */
export interface JobOptions {
  /** Not before then. */
  startAfter?: Date;
  /** Left out if one of its name with the same key was added in the same hour, also if that is done. */
  oncePerHour?: string;
}

/** A durable queue in the database; each job runs at least once, in no certain order. */
export interface JobQueue<Jobs extends JobMap<Jobs>> {
  /**
   * Makes ready for `enqueue` and, given handlers, works the jobs until `stop`; without, other
   * processes do.
   */
  start(handlers?: JobHandlers<Jobs>): Promise<void>;
  /**
   * Adds a job that exists if and only if the transaction commits. Its row is readable to whoever
   * reads the database: data carries ids, never a secret. Rows may be worked by a later release.
   * With `startAfter` it waits until then.
   */
  enqueue<Name extends keyof Jobs & string>(
    transaction: Transaction,
    name: Name,
    data: Jobs[Name],
    options?: JobOptions,
  ): Promise<void>;
  /** Has a job tried once more if it failed; false where jobs of that name are not known. */
  retry(name: string, id: string): Promise<boolean>;
  /**
   * Begins no further jobs and waits for the running ones; what outlasts `graceMs` is retried.
   * `enqueue` goes on working, for the requests that are still being finished.
   */
  stop(graceMs: number): Promise<void>;
}

const cutOffLimitMs = 2_000;

/** Describes the queue of these jobs; nothing touches the database before `start`. */
export function createJobQueue<Jobs extends JobMap<Jobs>>(parts: {
  database: Database;
  log: Log;
  queues: { [Name in keyof Jobs]: JobSettings };
}): JobQueue<Jobs> {
  const { database, log, queues } = parts;
  const boss = openBoss(database, log);
  const names = Object.keys(queues) as (keyof Jobs & string)[];
  let ready = false;
  return {
    async start(handlers) {
      await boss.start();
      for (const name of names) await prepareQueue(boss, database, name, queues[name]);
      ready = true;
      if (!handlers) return;
      for (const name of names) {
        const { concurrency } = queues[name];
        await startWorker({ boss, log, name, concurrency, handle: handlers[name] });
      }
    },
    async enqueue(transaction, name, data, { oncePerHour, ...options } = {}) {
      // Before that, pg-boss would look the queue up outside the transaction, which is never
      // answered on the single connection of the embedded database.
      if (!ready) throw new Error('The job queue is not started.');
      const once = oncePerHour && { singletonKey: oncePerHour, singletonSeconds: 60 * 60 };
      const id = await boss.send(name, data, { ...options, ...once, db: fromPrisma(transaction) });
      if (id === null && !once) throw new Error(`A job of ${name} was not stored.`);
    },
    async retry(name, id) {
      if (!names.some((known) => known === name)) return false;
      await boss.retry(name, id);
      return true;
    },
    async stop(graceMs) {
      const idle = Promise.all(names.map((name) => boss.offWork(name, { wait: true })));
      await within(graceMs, idle);
      // It notes in the database what it cuts off, and that may be away.
      const stopped = boss.stop({ graceful: false }).catch((error: unknown) => {
        log.error({ fault: describeFault(error) }, 'The job queue did not stop in order.');
      });
      await within(cutOffLimitMs, stopped);
    },
  };
}

/** Waits until the work is done, but no longer than the limit. */
async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  await Promise.race([work, setTimeout(limitMs, undefined, { signal: timer.signal })]);
  timer.abort();
}
