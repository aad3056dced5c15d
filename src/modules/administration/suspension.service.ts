import { Prisma, type User } from '../../generated/prisma/client.ts';
import type { Clock } from '../../platform/clock.ts';
import { ConflictError, ValidationError } from '../../platform/errors.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import type { Authority } from '../role/authority.ts';
import { leavingAnAdmin } from '../role/last-admin.ts';
import { announceAccessChange } from '../session/access-notice.ts';
import { endSessions } from '../session/end-sessions.ts';
import { voidAddressChanges } from '../user/account.ts';
import { userChanged } from '../user/user.events.ts';
import type { UserQuery } from '../user/user.service.ts';
import type { AdministrationJobs } from './administration.jobs.ts';
import { restoreAccount, suspensionFields } from './suspension-end.ts';
import { lockTarget, lockTargetAmongAdmins } from './target.ts';

/** Why somebody is suspended, and until when. */
export interface Suspension {
  /** Kept for administrators; the user is never told. */
  reason: string;
  /** Without, it has no end of its own. */
  until?: Date | null | undefined;
}

/** Keeps users out, and lets them in again; each needs `users:write` and answers the user. */
export interface SuspensionService {
  /**
   * Ends the user's sessions and lets nobody in until the suspension is over; another one takes the
   * place of the one before. NotFoundError; ConflictError for oneself, the last administrator and
   * whoever holds a permission that the authority lacks; ValidationError for an end in the past.
   */
  suspend(
    origin: Origin,
    authority: Authority,
    userId: string,
    suspension: Suspension,
    query: UserQuery,
  ): Promise<User>;
  /** Lets a suspended user in again; changes nothing for any other. NotFoundError, ConflictError. */
  restore(origin: Origin, authority: Authority, userId: string, query: UserQuery): Promise<User>;
}

/** What suspensions are built over. */
export interface SuspensionParts {
  clock: Clock;
  commit: Commit<AdministrationJobs>;
}

/** Opens the service. */
export function createSuspensions({ commit, clock }: SuspensionParts): SuspensionService {
  return {
    suspend: (origin, authority, userId, suspension, query) =>
      commit(origin, async (change) => {
        const { transaction, audit, emit } = change;
        const until = suspension.until ?? null;
        if (until !== null && until <= clock()) throw past();
        const { id } = await lockTargetAmongAdmins(transaction, authority, 'users:write', userId);
        if (authority !== 'operator' && authority.userId === id) {
          throw new ConflictError('You cannot suspend yourself.');
        }
        const data = {
          status: 'SUSPENDED',
          suspendedUntil: until,
          suspendedFor: suspension.reason,
          version: { increment: 1 },
        } as const;
        const user = await leavingAnAdmin(transaction, id, () =>
          transaction.user.update({ ...query, where: { id }, data }),
        );
        await voidAddressChanges(transaction, id);
        await endSessions(change, Prisma.sql`user_id = ${id}::uuid`, 'SUSPENDED');
        announceAccessChange(change, { userId: id });
        audit({
          action: 'user.suspended',
          targetId: id,
          metadata: { until: until?.toISOString() ?? null },
        });
        emit(userChanged(id, 'UPDATED', suspensionFields));
        if (until !== null) {
          change.enqueue('suspension-end', { userId: id }, { startAfter: until });
        }
        return user;
      }),
    restore: (origin, authority, userId, query) =>
      commit(origin, async (change) => {
        const target = await lockTarget(change.transaction, authority, 'users:write', userId);
        await restoreAccount(change, target);
        return change.transaction.user.findUniqueOrThrow({ ...query, where: { id: userId } });
      }),
  };
}

function past(): ValidationError {
  return new ValidationError([
    { path: ['until'], code: 'past', message: 'Must be in the future.' },
  ]);
}
