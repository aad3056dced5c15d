import type { Prisma, User } from '../../generated/prisma/client.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/database/database.ts';
import { ConflictError } from '../../platform/errors.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Change, Commit } from '../../platform/unit-of-work.ts';
import type { AuthJobs } from '../auth/auth.jobs.ts';
import type { AuthLimits } from '../auth/auth.limits.ts';
import { requestAddress } from '../auth/email-change.service.ts';
import { requirePermission } from '../role/authority.ts';
import { userChanged } from '../user/user.events.ts';
import type { UserQuery } from '../user/user.service.ts';
import type { UserUpdate } from './administration.rules.ts';
import { type Editor, requireProof } from './editor.ts';
import { setRoles } from './role-assignment.ts';
import { lockTarget, lockTargetAmongAdmins, type Target } from './target.ts';

/** Changes the accounts of others. */
export interface UserUpdateService {
  /**
   * Changes name, language and roles at once; another address only once it is confirmed by whoever
   * reads its mails. Needs `users:write`, `roles:assign` for roles, and for roles or an address a recent proof.
   * NotFoundError, ValidationError, StepUpRequiredError, RateLimitedError; ConflictError for another version, an
   * address that is taken, the last administrator, and permissions that the editor lacks.
   */
  updateUser(
    origin: Origin,
    editor: Editor,
    userId: string,
    update: UserUpdate,
    query: UserQuery,
  ): Promise<User>;
}

/** What it is built over. */
export interface UserUpdateParts {
  clock: Clock;
  commit: Commit<AuthJobs>;
  limits: Pick<AuthLimits, 'chargeMailTo'>;
  /** How recent the proof must be. */
  stepUpSeconds: number;
}

/** Opens the service. */
export function createUserUpdate({
  clock,
  commit,
  limits,
  stepUpSeconds,
}: UserUpdateParts): UserUpdateService {
  /** Asks the new address; the mails do not tell where the administrator is. */
  const moveTo = async (
    change: Change<AuthJobs>,
    origin: Origin,
    { target: { id: userId }, email }: { target: Target; email: string },
  ) => {
    await requireFree(change.transaction, email);
    const nowhere = { ...origin, ipAddress: null, userAgent: null };
    await requestAddress(change, nowhere, { userId, email }, clock());
  };

  return {
    async updateUser(origin, editor, id, { roles, email, expectedVersion, ...profile }, query) {
      if (email != null) await limits.chargeMailTo(email);
      return commit(origin, async (change) => {
        const { transaction, audit, emit } = change;
        const lock = roles == null ? lockTarget : lockTargetAmongAdmins;
        const target = await lock(transaction, editor, 'users:write', id);
        if (expectedVersion != null && expectedVersion !== target.version) throw moved(target);
        const data = columnsOf(profile);
        const changedFields = Object.keys(data);
        if (changedFields.length > 0) {
          audit({ action: 'user.updated', targetId: id, metadata: { changedFields } });
        }
        if (roles != null) {
          const granted = await requirePermission(transaction, editor, 'roles:assign');
          requireProof(editor, stepUpSeconds);
          const isNew = await setRoles(change, { userId: id, keys: roles, granted });
          if (isNew) changedFields.push('roles', 'permissions');
        }
        if (email != null && email !== target.email) {
          requireProof(editor, stepUpSeconds);
          await moveTo(change, origin, { target, email });
        }
        if (changedFields.length > 0) {
          await transaction.user.update({
            where: { id },
            data: { ...data, version: { increment: 1 } },
          });
          emit(userChanged(id, 'UPDATED', changedFields));
        }
        return transaction.user.findUniqueOrThrow({ ...query, where: { id } });
      });
    },
  };
}

function columnsOf({ displayName, locale }: Pick<UserUpdate, 'displayName' | 'locale'>) {
  return {
    ...(displayName != null && { displayName }),
    ...(locale !== undefined && { locale }),
  } satisfies Prisma.UserUpdateInput;
}

/** Tells an administrator at once, who may know, what a mail to the address would tell its owner. */
async function requireFree(transaction: Transaction, email: string): Promise<void> {
  const owner = await transaction.user.findUnique({ where: { email }, select: { id: true } });
  if (owner === null) return;
  throw new ConflictError('There is an account with this address.', { path: ['input', 'email'] });
}

function moved({ version }: Target): ConflictError {
  return new ConflictError('The account has changed meanwhile.', { currentVersion: version });
}
