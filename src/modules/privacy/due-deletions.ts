import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import { ConflictError } from '../../platform/errors.ts';
import { type PeriodicWork, workEach } from '../../platform/jobs/periodic.ts';
import type { Log } from '../../platform/log.ts';
import { serverOrigin } from '../../platform/origin.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import { lockAccount } from '../user/account.ts';
import type { PrivacyJobs } from './privacy.jobs.ts';
import { removeAccount } from './remove-account.ts';

/** Deletes accounts once their users' grace is over. */
export interface DueDeletions {
  /**
   * Erases an account if its user's wish stands and its time has come; else leaves it. So a job that
   * a later wish has overtaken does nothing. The account of the last administrator stays until there
   * is another one, and that of somebody who is suspended until they are not.
   */
  carryOut(userId: string): Promise<void>;
  /**
   * Does so for all whose time has come, and has jobs empty all accounts whose deletion began an hour
   * ago and is not done, should a job have been lost or been unable to.
   */
  sweep(): Promise<void>;
}

/** Builds it over its parts. */
export function createDueDeletions(parts: {
  database: Pick<Database, 'prisma'>;
  commit: Commit<PrivacyJobs>;
  clock: Clock;
  log: Log;
}): DueDeletions {
  const { commit, clock, log } = parts;
  const { prisma } = parts.database;
  const due = () => ({ status: 'DELETION_SCHEDULED', deletionDueAt: { lte: clock() } }) as const;

  async function carryOut(userId: string): Promise<void> {
    try {
      await commit(serverOrigin('account-deletion'), async (change) => {
        const account = await lockAccount(change.transaction, { userId });
        const where = { id: userId, ...due() };
        if (account === null || (await change.transaction.user.count({ where })) === 0) return;
        await removeAccount(change, account, { mode: 'ERASE', wished: true, now: clock() });
      });
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      log.warn({ userId }, 'The account of the last administrator was not deleted, as is due.');
    }
  }

  return {
    carryOut,
    async sweep() {
      const removals = await prisma.accountRemoval.findMany({
        where: { startedAt: { lte: new Date(clock().getTime() - sweepIntervalMs) } },
        take: mostAtOnce,
      });
      await commit(serverOrigin('account-deletion'), async ({ enqueue }) => {
        for (const { userId } of removals) {
          // Every instance looks, and one job for each will do.
          enqueue('account-emptying', { userId }, { oncePerHour: userId });
        }
      });
      const users = await prisma.user.findMany({
        where: due(),
        select: { id: true },
        take: mostAtOnce,
      });
      await workEach(users, ({ id }) => carryOut(id));
    },
  };
}

/** The rest is found by the next look. */
const mostAtOnce = 1000;

const sweepIntervalMs = 60 * 60 * 1000;

/** Describes how it is looked every hour for accounts that no job has deleted. */
export function periodicDeletion({ sweep }: DueDeletions): PeriodicWork {
  return {
    work: sweep,
    intervalMs: sweepIntervalMs,
    onFault: 'Deletions that are due or not done could not be taken up.',
  };
}
