import type { User } from '../../generated/prisma/client.ts';
import type { Clock } from '../../platform/clock.ts';
import { InvalidCredentialsError } from '../../platform/errors.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import type { Viewer } from '../role/viewer.ts';
import { endOtherSessions } from '../session/end-sessions.ts';
import { warnUser } from '../session/security-notice.ts';
import { lockAccount } from '../user/account.ts';
import type { UserQuery } from '../user/user.service.ts';
import type { AuthJobs } from './auth.jobs.ts';
import { newPasswordPath } from './auth.rules.ts';
import { voidMailedTokens } from './mailed-token.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { PasswordPolicy } from './password-policy.ts';
import type { ProvePassword } from './password-proof.ts';

/** A change of password, checked by the rules. */
export interface PasswordChange {
  currentPassword: string;
  newPassword: string;
  revokeOtherSessions: boolean;
}

/**
 * Changes the password of the viewer, who must know the present one, and ends their other sessions
 * if asked to; answers the user. InvalidCredentialsError, ValidationError, RateLimitedError.
 */
export type ChangePassword = (
  origin: Origin,
  viewer: Viewer,
  change: PasswordChange,
  query: UserQuery,
) => Promise<User>;

/** Builds `changePassword` over its parts. */
export function createChangePassword(parts: {
  clock: Clock;
  commit: Commit<AuthJobs>;
  hasher: PasswordHasher;
  policy: PasswordPolicy;
  provePassword: ProvePassword;
}): ChangePassword {
  const { clock, commit, hasher, policy, provePassword } = parts;
  return async (origin, viewer, request, query) => {
    const { userId, sessionId } = viewer;
    const { currentPassword, newPassword, revokeOtherSessions } = request;
    const account = await provePassword(origin, userId, currentPassword);
    await policy.check(newPassword, { ...account, path: newPasswordPath });
    const hash = await hasher.hash(newPassword);
    return commit(origin, async (change) => {
      const { transaction, audit } = change;
      const current = await lockAccount(transaction, { userId });
      // Compared as it is written: of two changes at once, the second knew a password that is gone.
      const { count } = await transaction.passwordCredential.updateMany({
        where: { userId, changedAt: account.changedAt },
        data: { hash, changedAt: clock() },
      });
      if (current === null || count === 0) throw new InvalidCredentialsError();
      await voidMailedTokens(transaction, { userId, email: current.email }, clock());
      if (revokeOtherSessions) await endOtherSessions(change, viewer, 'PASSWORD_CHANGED');
      audit({ action: 'password.changed', targetId: userId });
      warnUser(change, origin, { kind: 'PASSWORD_CHANGED', userId, sessionId });
      return transaction.user.findUniqueOrThrow({ ...query, where: { id: userId } });
    });
  };
}
