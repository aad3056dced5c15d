import { type AuditEntry, appendAudit } from './audit-trail/audit-trail.ts';
import type { Database, Transaction } from './database/database.ts';
import { appendEvents, type NewEvent } from './event-log/append.ts';
import type { JobMap, JobQueue } from './jobs/queue.ts';
import type { Origin } from './origin.ts';

/** One change in the making: its open transaction, and what is to be recorded along with it. */
export interface Change<Jobs extends JobMap<Jobs> = object> {
  readonly transaction: Transaction;
  /** Adds an entry to the audit trail. */
  audit(entry: AuditEntry): void;
  /** Adds an event to the log. */
  emit(event: NewEvent): void;
  /** Adds a job for the background workers. */
  enqueue<Name extends keyof Jobs & string>(name: Name, data: Jobs[Name]): void;
}

/**
 * Runs a change as one transaction: state, audit entries, events and jobs are all committed, or
 * none is. The work must do nothing slow (hashing, network) and nothing that cannot be rolled back.
 */
export type Commit<Jobs extends JobMap<Jobs> = object> = <Result>(
  origin: Origin,
  work: (change: Change<Jobs>) => Promise<Result>,
) => Promise<Result>;

/** Builds `commit` over the parts that take part in a change; `onEvents` is told after each commit of events. */
export function createCommit<Jobs extends JobMap<Jobs>>(
  { prisma }: Pick<Database, 'prisma'>,
  queue: Pick<JobQueue<Jobs>, 'enqueue'>,
  onEvents: () => void,
): Commit<Jobs> {
  return async (origin, work) => {
    const audits: AuditEntry[] = [];
    const events: NewEvent[] = [];
    const jobs: (() => Promise<unknown>)[] = [];
    const result = await prisma.$transaction(async (transaction) => {
      const outcome = await work({
        transaction,
        audit: (entry) => void audits.push(entry),
        emit: (event) => void events.push(event),
        enqueue: (name, data) => void jobs.push(() => queue.enqueue(transaction, name, data)),
      });
      await appendAudit(transaction, audits, origin);
      for (const enqueue of jobs) await enqueue();
      // Last: from here on the horizon of the event log waits for this transaction.
      await appendEvents(transaction, events);
      return outcome;
    });
    if (events.length > 0) onEvents();
    return result;
  };
}
