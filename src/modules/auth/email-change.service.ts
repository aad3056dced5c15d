import type { User } from '../../generated/prisma/client.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database, Transaction } from '../../platform/database/database.ts';
import { isUniqueViolation } from '../../platform/database/failures.ts';
import {
  ConflictError,
  InvalidTokenError,
  RefusedError,
  ValidationError,
} from '../../platform/errors.ts';
import type { Keyring } from '../../platform/keyring.ts';
import { readOneTimeToken } from '../../platform/one-time-token.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Change, Commit } from '../../platform/unit-of-work.ts';
import type { Viewer } from '../role/viewer.ts';
import { warnUser } from '../session/security-notice.ts';
import { lockAccount, voidAddressChanges } from '../user/account.ts';
import { userChanged } from '../user/user.events.ts';
import type { UserQuery } from '../user/user.service.ts';
import type { AuthJobs } from './auth.jobs.ts';
import type { AuthLimits } from './auth.limits.ts';
import {
  consumeMailedToken,
  requestMailedToken,
  requireOpen,
  voidMailedTokens,
} from './mailed-token.ts';
import { removeSignUps } from './sign-ups.ts';
import { requireRecentProof } from './step-up.ts';

/** How people take another address. */
export interface EmailChangeService {
  /**
   * Sends a link to the new address and a warning to the present one; the last request counts. The
   * same whether or not the new address has an account. StepUpRequiredError, ValidationError,
   * RateLimitedError.
   */
  requestEmailChange(origin: Origin, viewer: Viewer, email: string): Promise<void>;
  /**
   * Gives the account the address that a token was mailed to; answers the user.
   * InvalidTokenError, RateLimitedError; ConflictError when the address has got an account meanwhile.
   */
  confirmEmailChange(origin: Origin, token: string, query: UserQuery): Promise<User>;
}

/** What changes of address are built over. */
export interface EmailChangeParts {
  database: Pick<Database, 'prisma'>;
  clock: Clock;
  commit: Commit<AuthJobs>;
  keyring: Keyring;
  limits: AuthLimits;
  /** How recent the proof must be. */
  stepUpSeconds: number;
}

/** Opens the service. */
export function createEmailChangeService(parts: EmailChangeParts): EmailChangeService {
  const { clock, commit, keyring, limits, stepUpSeconds } = parts;
  const { prisma } = parts.database;
  return {
    async requestEmailChange(origin, viewer, email) {
      const { userId } = viewer;
      requireRecentProof(viewer, stepUpSeconds);
      const present = await prisma.user.findUniqueOrThrow({ where: { id: userId } });
      if (email === present.email) throw unchanged();
      await limits.chargeMail(origin, email);
      await commit(origin, async (change) => {
        if ((await lockAccount(change.transaction, { userId })) === null) {
          throw new RefusedError('FORBIDDEN', 'This account was just deleted.');
        }
        await requestAddress(change, origin, { userId, email }, clock());
      });
    },
    async confirmEmailChange(origin, token, query) {
      await limits.chargeToken(origin);
      const id = readOneTimeToken(keyring, 'change-email', token);
      if (id === null) throw new InvalidTokenError('UNKNOWN');
      try {
        return await commit(origin, (change) => moveAccount(change, origin, id, clock(), query));
      } catch (error) {
        if (!isUniqueViolation(error, 'user_email_key')) throw error;
        throw new ConflictError('There is an account with this address.');
      }
    },
  };
}

/**
 * Asks an address whether it is that of a locked account, as part of a change, and warns the present
 * one; the last request counts.
 */
export async function requestAddress(
  change: Change<AuthJobs>,
  origin: Origin,
  { userId, email }: { userId: string; email: string },
  now: Date,
): Promise<void> {
  const { transaction, enqueue, audit } = change;
  await voidAddressChanges(transaction, userId);
  const request = { purpose: 'CHANGE_EMAIL', email, userId } as const;
  const mailedTokenId = await requestMailedToken(change, origin, request, now);
  enqueue('mail', { kind: 'email-change-warning', mailedTokenId });
  audit({ action: 'user.email-change-requested', targetId: userId });
}

/** Gives the account of a request its new address, as part of a change. */
async function moveAccount(
  change: Change<AuthJobs>,
  origin: Origin,
  mailedTokenId: string,
  now: Date,
  query: UserQuery,
): Promise<User> {
  const { transaction, audit, emit } = change;
  const request = requireOpen(
    await transaction.mailedToken.findUnique({ where: { id: mailedTokenId } }),
    now,
  );
  const { email, userId } = request;
  const before = userId === null ? null : await lockAccount(transaction, { userId });
  if (userId === null || before === null || before.status === 'SUSPENDED') {
    throw new InvalidTokenError('REVOKED');
  }
  await consumeMailedToken(transaction, mailedTokenId, now);
  await removeSignUps(transaction, email);
  await keepRequests(transaction, userId, before.email);
  const user = await transaction.user.update({
    ...query,
    where: { id: userId },
    data: { email, emailVerifiedAt: now, version: { increment: 1 } },
  });
  await voidMailedTokens(transaction, { userId, email: before.email }, now);
  audit({ action: 'user.email-changed', actorId: userId, targetId: userId });
  emit(userChanged(userId, 'UPDATED', ['email', 'emailVerifiedAt']));
  warnUser(change, origin, { kind: 'EMAIL_CHANGED', userId, to: before.email });
  return user;
}

/** Notes whose the requests by the address before were: they go with the account, not with the address. */
async function keepRequests(
  transaction: Transaction,
  userId: string,
  email: string,
): Promise<void> {
  const where = { email, userId: null };
  await transaction.mailedToken.updateMany({ where, data: { userId } });
}

function unchanged(): ValidationError {
  return new ValidationError([
    {
      path: ['input', 'email'],
      code: 'unchanged',
      message: 'Must be another address than the present one.',
    },
  ]);
}
