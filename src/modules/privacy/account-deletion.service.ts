import type { Prisma } from '../../generated/prisma/client.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/database/database.ts';
import { RefusedError } from '../../platform/errors.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import { requireRecentProof } from '../auth/step-up.ts';
import { leavingAnAdmin } from '../role/last-admin.ts';
import type { Viewer } from '../role/viewer.ts';
import { type LockedAccount, lockAccount } from '../user/account.ts';
import { userChanged } from '../user/user.events.ts';
import type { PrivacyJobs } from './privacy.jobs.ts';

/** How people delete their own account. */
export interface AccountDeletionService {
  /**
   * Has the viewer's account deleted after so many days, 1 to 90; the last call counts. It can be
   * used until then. StepUpRequiredError; ConflictError for the last administrator who can act.
   */
  schedule(origin: Origin, viewer: Viewer, graceDays: number): Promise<void>;
  /** Keeps the viewer's account, also where nobody wished it away. */
  cancel(origin: Origin, viewer: Viewer): Promise<void>;
}

const dayMs = 24 * 60 * 60 * 1000;

/** Opens the service. */
export function createAccountDeletion(parts: {
  commit: Commit<PrivacyJobs>;
  clock: Clock;
  /** How recent the proof must be. */
  stepUpSeconds: number;
}): AccountDeletionService {
  const { commit, clock, stepUpSeconds } = parts;
  return {
    async schedule(origin, viewer, graceDays) {
      requireRecentProof(viewer, stepUpSeconds);
      const { userId } = viewer;
      const deletionDueAt = new Date(clock().getTime() + graceDays * dayMs);
      const data = { status: 'DELETION_SCHEDULED', deletionDueAt } as const;
      await commit(origin, async ({ transaction, audit, emit, enqueue }) => {
        await lockOwnAccount(transaction, userId);
        await leavingAnAdmin(transaction, userId, () => change(transaction, userId, data));
        const metadata = { dueAt: deletionDueAt.toISOString() };
        audit({ action: 'user.deletion-scheduled', targetId: userId, metadata });
        emit(userChanged(userId, 'UPDATED', Object.keys(data)));
        enqueue('account-deletion', { userId }, { startAfter: deletionDueAt });
        enqueue('mail', { kind: 'deletion-scheduled', userId, ...placeOf(origin) });
      });
    },
    cancel: (origin, { userId }) =>
      commit(origin, async ({ transaction, audit, emit, enqueue }) => {
        const { status } = await lockOwnAccount(transaction, userId);
        if (status !== 'DELETION_SCHEDULED') return;
        const data = { status: 'ACTIVE', deletionDueAt: null } as const;
        await change(transaction, userId, data);
        audit({ action: 'user.deletion-cancelled', targetId: userId });
        emit(userChanged(userId, 'UPDATED', Object.keys(data)));
        enqueue('mail', { kind: 'deletion-cancelled', userId, ...placeOf(origin) });
      }),
  };
}

const placeOf = ({ ipAddress, userAgent }: Origin) => ({ ipAddress, userAgent });

/** Locks the account of a viewer; RefusedError where it was deleted or suspended just now. */
async function lockOwnAccount(transaction: Transaction, userId: string): Promise<LockedAccount> {
  const account = await lockAccount(transaction, { userId });
  if (account === null || account.status === 'SUSPENDED') {
    throw new RefusedError('FORBIDDEN', 'You may not see or do this.');
  }
  return account;
}

function change(transaction: Transaction, id: string, data: Prisma.UserUpdateInput) {
  return transaction.user.update({ where: { id }, data: { ...data, version: { increment: 1 } } });
}
