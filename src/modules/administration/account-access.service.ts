import { Prisma, type User } from '../../generated/prisma/client.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import type { AuthLimits } from '../auth/auth.limits.ts';
import { forgetWrongCodes } from '../auth/mailed-token.ts';
import type { Authority } from '../role/authority.ts';
import { type EndedSessions, endSessions } from '../session/end-sessions.ts';
import { voidAddressChanges } from '../user/account.ts';
import type { UserQuery } from '../user/user.service.ts';
import { lockTarget } from './target.ts';

/** Opens accounts to their users, and closes them to whoever is in. */
export interface AccountAccessService {
  /**
   * Forgets how often the account was tried in vain, so that its user can sign in without a delay;
   * answers the user. Needs `users:write`. NotFoundError, ConflictError.
   */
  unlock(origin: Origin, authority: Authority, userId: string, query: UserQuery): Promise<User>;
  /**
   * Ends all sessions of a user. Needs `sessions:revoke`. NotFoundError, ConflictError.
   */
  revokeSessions(origin: Origin, authority: Authority, userId: string): Promise<EndedSessions>;
}

/** What it is built over. */
export interface AccountAccessParts {
  commit: Commit;
  limits: Pick<AuthLimits, 'forgetTries'>;
}

/** Opens the service. */
export function createAccountAccess({ commit, limits }: AccountAccessParts): AccountAccessService {
  return {
    async unlock(origin, authority, userId, query) {
      const user = await commit(origin, async ({ transaction, audit }) => {
        const target = await lockTarget(transaction, authority, 'users:write', userId);
        await forgetWrongCodes(transaction, target.email);
        audit({ action: 'user.unlocked', targetId: userId });
        const account = await transaction.user.findUniqueOrThrow({
          ...query,
          where: { id: userId },
        });
        return { account, email: target.email };
      });
      // Counted outside transactions; should it fail, the caller is told, and may repeat it all.
      await limits.forgetTries(user.email);
      return user.account;
    },
    revokeSessions: (origin, authority, userId) =>
      commit(origin, async (change) => {
        await lockTarget(change.transaction, authority, 'sessions:revoke', userId);
        await voidAddressChanges(change.transaction, userId);
        const all = Prisma.sql`user_id = ${userId}::uuid`;
        const ended = await endSessions(change, all, 'REVOKED_BY_ADMIN');
        change.audit({
          action: 'user.sessions-revoked',
          targetId: userId,
          metadata: { revoked: ended.revoked },
        });
        return ended;
      }),
  };
}
