import type { Database } from '../../platform/database/database.ts';
import { type PeriodicWork, workEach } from '../../platform/jobs/periodic.ts';
import { serverOrigin } from '../../platform/origin.ts';
import type { Change, Commit } from '../../platform/unit-of-work.ts';
import { type LockedAccount, lockAccount } from '../user/account.ts';
import { userChanged } from '../user/user.events.ts';

/** Ends suspensions in time. */
export interface SuspensionEnds {
  /** Lets a user in again whose suspension is over; else does nothing: it was lifted or prolonged. */
  carryOut(userId: string): Promise<void>;
  /** Does so for all whose time is over, should a job have been lost. */
  sweep(): Promise<void>;
}

/** The rest is found by the next look. */
const mostAtOnce = 1000;

/** Builds it over its parts; goes by the clock of the database, as the queue does. */
export function createSuspensionEnds({
  database: { prisma },
  commit,
}: {
  database: Pick<Database, 'prisma'>;
  commit: Commit;
}): SuspensionEnds {
  const carryOut = (userId: string) =>
    commit(serverOrigin('suspension-end'), async (change) => {
      const account = await lockAccount(change.transaction, { userId });
      const over = await change.transaction.$queryRaw<unknown[]>`
        SELECT FROM "user" WHERE id = ${userId}::uuid AND suspended_until <= statement_timestamp()`;
      if (account !== null && over.length > 0) await restoreAccount(change, account);
    });
  return {
    carryOut,
    async sweep() {
      const users = await prisma.$queryRaw<{ id: string }[]>`
        SELECT id FROM "user"
        WHERE status = 'SUSPENDED' AND suspended_until <= statement_timestamp() LIMIT ${mostAtOnce}`;
      await workEach(users, ({ id }) => carryOut(id));
    },
  };
}

const sweepIntervalMs = 60 * 60 * 1000;

/** Describes how it is looked every hour for suspensions that no job has ended. */
export function periodicSuspensionEnd({ sweep }: SuspensionEnds): PeriodicWork {
  return {
    work: sweep,
    intervalMs: sweepIntervalMs,
    onFault: 'Suspensions that are over could not be looked for.',
  };
}

/** What a suspension and its end change of a user. */
export const suspensionFields = ['status', 'suspensionEndsAt', 'suspensionReason'];

/** Lets a locked account be used again, whose deletion goes on if it was scheduled. */
export async function restoreAccount(
  { transaction, audit, emit }: Change,
  { id, status, deletionDueAt }: LockedAccount,
): Promise<void> {
  if (status !== 'SUSPENDED') return;
  await transaction.user.update({
    where: { id },
    data: {
      status: deletionDueAt === null ? 'ACTIVE' : 'DELETION_SCHEDULED',
      suspendedUntil: null,
      suspendedFor: null,
      version: { increment: 1 },
    },
  });
  audit({ action: 'user.restored', targetId: id });
  emit(userChanged(id, 'UPDATED', suspensionFields));
}
