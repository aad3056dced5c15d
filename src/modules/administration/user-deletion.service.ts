import type { DeletionMode } from '../../generated/prisma/client.ts';
import type { Clock } from '../../platform/clock.ts';
import { ConflictError } from '../../platform/errors.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import { requireRecentProof } from '../auth/step-up.ts';
import type { PrivacyJobs } from '../privacy/privacy.jobs.ts';
import { removeAccount } from '../privacy/remove-account.ts';
import type { Viewer } from '../role/viewer.ts';
import { lockTargetAmongAdmins } from './target.ts';

/**
 * Deletes the account of somebody else, who is told by mail. StepUpRequiredError, NotFoundError,
 * RefusedError FORBIDDEN; ConflictError for oneself, for the last administrator, and for who holds a
 * permission that the caller lacks.
 */
export type DeleteUser = (
  origin: Origin,
  authority: Pick<Viewer, 'userId' | 'proofAgeMs'> | 'operator',
  userId: string,
  mode: DeletionMode,
) => Promise<void>;

/** Builds `deleteUser` over its parts. */
export function createDeleteUser(parts: {
  commit: Commit<PrivacyJobs>;
  clock: Clock;
  /** How recent the proof must be. */
  stepUpSeconds: number;
}): DeleteUser {
  const { commit, clock, stepUpSeconds } = parts;
  return async (origin, authority, userId, mode) => {
    if (authority !== 'operator') {
      requireRecentProof(authority, stepUpSeconds);
      if (authority.userId === userId) {
        throw new ConflictError('Delete your own account by scheduleAccountDeletion.');
      }
    }
    await commit(origin, async (change) => {
      const target = await lockTargetAmongAdmins(
        change.transaction,
        authority,
        'users:write',
        userId,
      );
      await removeAccount(change, target, { mode, wished: false, now: clock() });
    });
  };
}
