import { Prisma } from '../../generated/prisma/client.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import { InvalidTokenError } from '../../platform/errors.ts';
import type { Keyring } from '../../platform/keyring.ts';
import { readOneTimeToken } from '../../platform/one-time-token.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import { endSessions } from '../session/end-sessions.ts';
import { warnUser } from '../session/security-notice.ts';
import { confirmAddress, lockAccount } from '../user/account.ts';
import type { AuthJobs } from './auth.jobs.ts';
import type { AuthLimits } from './auth.limits.ts';
import { newPasswordPath } from './auth.rules.ts';
import {
  consumeMailedToken,
  requestMailedToken,
  requireOpen,
  voidMailedTokens,
} from './mailed-token.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { PasswordPolicy } from './password-policy.ts';

/** How people get back into an account whose password they have lost. */
export interface RecoveryService {
  /** Sends a link to set a new password; does and answers the same for any address. RateLimitedError. */
  requestPasswordReset(origin: Origin, email: string): Promise<void>;
  /**
   * Sets the password of the account that a token was mailed to, confirms its address if nobody had,
   * and signs nobody in. Unless the token is that of an invitation, it ends all sessions of the
   * account. The token stays good when the password is refused. InvalidTokenError,
   * ValidationError, RateLimitedError.
   */
  resetPassword(origin: Origin, token: string, newPassword: string): Promise<void>;
}

/** What recovery is built over. */
export interface RecoveryParts {
  database: Pick<Database, 'prisma'>;
  clock: Clock;
  commit: Commit<AuthJobs>;
  keyring: Keyring;
  hasher: PasswordHasher;
  policy: PasswordPolicy;
  limits: AuthLimits;
}

/** Opens the recovery service. */
export function createRecoveryService(parts: RecoveryParts): RecoveryService {
  const { clock, commit, keyring, hasher, policy, limits } = parts;
  const { prisma } = parts.database;
  return {
    async requestPasswordReset(origin, email) {
      await limits.chargeMail(origin, email);
      await commit(origin, async (change) => {
        const request = { purpose: 'RESET_PASSWORD', email } as const;
        const targetId = await requestMailedToken(change, origin, request, clock());
        change.audit({ action: 'password.reset-requested', targetId });
      });
    },
    async resetPassword(origin, token, newPassword) {
      await limits.chargeToken(origin);
      const invite = readOneTimeToken(keyring, 'accept-invite', token);
      const id = invite ?? readOneTimeToken(keyring, 'reset-password', token);
      if (id === null) throw new InvalidTokenError('UNKNOWN');
      // Looked at before it is used up: a password that is refused must not cost the link.
      const request = await prisma.mailedToken.findUnique({ where: { id } });
      const { email } = requireOpen(request, clock());
      const account = await prisma.user.findUnique({ where: { email } });
      if (account === null) throw new InvalidTokenError('REVOKED');
      const { id: userId, displayName } = account;
      await policy.check(newPassword, { email, displayName, path: newPasswordPath });
      const hash = await hasher.hash(newPassword);
      await commit(origin, async (change) => {
        const { transaction, audit } = change;
        const current = await lockAccount(transaction, { userId });
        if (current?.email !== email) throw new InvalidTokenError('REVOKED');
        await consumeMailedToken(transaction, id, clock());
        const credential = { hash, changedAt: clock() };
        await transaction.passwordCredential.upsert({
          where: { userId },
          create: { userId, ...credential },
          update: credential,
        });
        await voidMailedTokens(transaction, { userId, email }, clock());
        await confirmAddress(change, current, clock());
        const action = invite === null ? 'password.reset' : 'user.invite-accepted';
        audit({ action, actorId: userId, targetId: userId });
        const own = Prisma.sql`user_id = ${userId}::uuid`;
        const ended = await endSessions(change, own, 'PASSWORD_CHANGED');
        // Whoever accepts an invitation has chosen their first password, unless one was imported and used.
        if (invite !== null && ended.revoked === 0) return;
        warnUser(change, origin, { kind: 'PASSWORD_CHANGED', userId });
      });
    },
  };
}
