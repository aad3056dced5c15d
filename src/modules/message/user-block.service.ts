import { ConflictError } from '../../platform/errors.ts';
import type { Origin } from '../../platform/origin.ts';
import type { RateLimit, RateLimiter } from '../../platform/rate-limiter.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import type { Viewer } from '../role/viewer.ts';
import { presenceChanged } from '../user/user.events.ts';
import { lockBoth, requireUser } from './lock-users.ts';

/** Keeps from whom users want nothing to hear. Whoever is blocked is told by nothing. */
export interface UserBlocks {
  /**
   * Keeps what a user writes from now on from the viewer; once more changes nothing. NotFoundError
   * for a user who is gone or suspended, ConflictError for oneself, RateLimitedError for more than 30
   * calls a minute of both kinds together.
   */
  block(origin: Origin, viewer: Viewer, userId: string): Promise<void>;
  /**
   * Lets a user write to the viewer again; what was kept back stays so. Where there is no block,
   * nothing changes. NotFoundError for whom the viewer neither blocks nor may know of, RateLimitedError
   * as for `block`.
   */
  unblock(origin: Origin, viewer: Viewer, userId: string): Promise<void>;
}

/** Each change is told to all who follow the user, and written down in the audit trail. */
const blocksOfViewer: RateLimit = {
  name: 'block/viewer',
  points: 30,
  windowSeconds: 60,
  scope: 'VIEWER',
};

/** Opens the service. */
export function createUserBlocks(commit: Commit, limiter: Pick<RateLimiter, 'charge'>): UserBlocks {
  return {
    async block(origin, { userId: blockerId }, userId) {
      if (userId === blockerId) {
        throw new ConflictError('Nobody blocks themselves.', { path: ['id'] });
      }
      await limiter.charge(blocksOfViewer, blockerId);
      await commit(origin, async ({ transaction, audit, emit }) => {
        requireUser(await lockBoth(transaction, blockerId, userId), userId);
        const data = { blockerId, blockedId: userId };
        const { count } = await transaction.userBlock.createMany({ data, skipDuplicates: true });
        if (count === 0) return;
        audit({ action: 'user.blocked', targetId: userId });
        // Whoever follows the viewer sees them anew: the blocked one, as somebody who is gone.
        emit(presenceChanged(blockerId));
      });
    },
    async unblock(origin, { userId: blockerId }, userId) {
      await limiter.charge(blocksOfViewer, blockerId);
      await commit(origin, async ({ transaction, audit, emit }) => {
        const other = await lockBoth(transaction, blockerId, userId);
        const where = { blockerId, blockedId: userId };
        const { count } = await transaction.userBlock.deleteMany({ where });
        if (count === 0) return requireUser(other, userId);
        audit({ action: 'user.unblocked', targetId: userId });
        emit(presenceChanged(blockerId));
      });
    },
  };
}
