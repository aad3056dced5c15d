import { auditEventAppended } from './audit-trail/appended-event.ts';
import { type AuditEntry, appendAudit } from './audit-trail/audit-trail.ts';
import type { Database, Transaction } from './database/database.ts';
import { appendEvents, type NewEvent } from './event-log/append.ts';
import type { JobMap, JobOptions, JobQueue } from './jobs/queue.ts';
import type { Origin } from './origin.ts';

/** One change in the making: its open transaction, and what is to be recorded along with it. */
export interface Change<Jobs extends JobMap<Jobs> = object> {
  readonly transaction: Transaction;
  /** Adds an entry to the audit trail, and the event that tells of it. */
  audit(entry: AuditEntry): void;
  /** Adds an event to the log. */
  emit(event: NewEvent): void;
  /** Adds a job for the background workers. */
  enqueue<Name extends keyof Jobs & string>(
    name: Name,
    data: Jobs[Name],
    options?: JobOptions,
  ): void;
  /**
   * Adds a notification for all instances. It is sent at the commit, under a lock that is global to
   * the cluster, and this instance has heeded it before `commit` answers.
   */
  notify(notice: Notice): void;
}

/** A notification on a channel of the database; payload at most 7,999 bytes. */
export interface Notice {
  channel: string;
  payload: string;
}

/** What this instance does once a change is over. */
export interface Aftermath {
  /** Told of the events of each change, also of one that failed: it may have been committed. */
  onEvents(events: readonly NewEvent[]): void;
  /** Told of each notice of a change, also of one that failed: it may have been committed. */
  onNotice(notice: Notice): void;
}

/**
 * Runs a change as one transaction: state, audit entries, events and jobs are all committed, or
 * none is. The work must do nothing slow (hashing, network) and nothing that cannot be rolled back.
 */
export type Commit<Jobs extends JobMap<Jobs> = object> = <Result>(
  origin: Origin,
  work: (change: Change<Jobs>) => Promise<Result>,
) => Promise<Result>;

/** Builds `commit` over the parts that take part in a change. */
export function createCommit<Jobs extends JobMap<Jobs>>(
  { prisma }: Pick<Database, 'prisma'>,
  queue: Pick<JobQueue<Jobs>, 'enqueue'>,
  { onEvents, onNotice }: Aftermath,
): Commit<Jobs> {
  return async (origin, work) => {
    const audits: AuditEntry[] = [];
    const events: NewEvent[] = [];
    const jobs: (() => Promise<unknown>)[] = [];
    const notices: Notice[] = [];
    const run = async (transaction: Transaction) => {
      const outcome = await work({
        transaction,
        audit: (entry) => void audits.push(entry),
        emit: (event) => void events.push(event),
        enqueue: (name, data, options) =>
          void jobs.push(() => queue.enqueue(transaction, name, data, options)),
        notify: (notice) => void notices.push(notice),
      });
      const auditIds = await appendAudit(transaction, audits, origin);
      for (const enqueue of jobs) await enqueue();
      await sendNotices(transaction, notices);
      // Last: from here on the horizon of the event log waits for this transaction.
      await appendEvents(transaction, [...events, ...auditIds.map(auditEventAppended)]);
      return outcome;
    };
    return prisma.$transaction(run).finally(() => {
      notices.forEach(onNotice);
      if (events.length + audits.length > 0) onEvents(events);
    });
  };
}

async function sendNotices(transaction: Transaction, notices: readonly Notice[]): Promise<void> {
  if (notices.length === 0) return;
  const channels = notices.map(({ channel }) => channel);
  const payloads = notices.map(({ payload }) => payload);
  await transaction.$executeRaw`
    SELECT pg_notify(channel, payload)
    FROM unnest(${channels}::text[], ${payloads}::text[]) notice (channel, payload)`;
}
