import { v7 as uuidv7 } from 'uuid';
import type { User } from '../../generated/prisma/client.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/database/database.ts';
import { isUniqueViolation } from '../../platform/database/failures.ts';
import { ConflictError, ValidationError } from '../../platform/errors.ts';
import type { Idempotency } from '../../platform/idempotency.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Change, Commit } from '../../platform/unit-of-work.ts';
import type { AuthJobs } from '../auth/auth.jobs.ts';
import { requestMailedToken } from '../auth/mailed-token.ts';
import type { PasswordHasher } from '../auth/password-hasher.ts';
import { removeSignUps } from '../auth/sign-ups.ts';
import { requirePermission } from '../role/authority.ts';
import type { Permission } from '../role/role.rules.ts';
import type { RoleService } from '../role/role.service.ts';
import { createAccount } from '../user/account.ts';
import type { UserQuery } from '../user/user.service.ts';
import type { NewUser } from './administration.rules.ts';
import { type Editor, requireProof } from './editor.ts';
import { setRoles } from './role-assignment.ts';

/** Makes accounts for others. */
export interface UserCreationService {
  /**
   * Makes a user whose address nobody has confirmed yet, and invites them by mail, unless a password
   * is imported. Needs `users:write`, and for roles `roles:assign` and a recent proof. With an idempotency key, the
   * repetition answers the user as they are now. ValidationError, StepUpRequiredError; ConflictError for an address that
   * is taken, a role with a permission that the authority lacks, or a key of another input.
   */
  createUser(origin: Origin, editor: Editor, user: NewUser, query: UserQuery): Promise<User>;
}

/** What it is built over. */
export interface UserCreationParts {
  clock: Clock;
  commit: Commit<AuthJobs>;
  roles: RoleService;
  hasher: Pick<PasswordHasher, 'reads'>;
  idempotency: Idempotency;
  /** How recent the proof must be. */
  stepUpSeconds: number;
}

/** Opens the service. */
export function createUserCreation(parts: UserCreationParts): UserCreationService {
  const { commit, hasher, idempotency } = parts;
  const { clock, roles, stepUpSeconds } = parts;

  /** Answers the id of the user whom an earlier call with the same key has made, else this one. */
  const claim = (transaction: Transaction, editor: Editor, user: NewUser, id: string) => {
    const { idempotencyKey: key, ...input } = user;
    if (key == null || editor === 'operator') return id;
    const { userId } = editor;
    return idempotency.claim(transaction, { userId, operation: 'createUser', key, input }, id);
  };

  const make = async (
    change: Change<AuthJobs>,
    origin: Origin,
    { id, granted, ...user }: NewUser & { id: string; granted: ReadonlySet<Permission> },
  ) => {
    const { email, displayName, locale, passwordHash = null, roles: keys } = user;
    await removeSignUps(change.transaction, email);
    const account = { id, email, displayName, locale, passwordHash, emailVerifiedAt: null };
    await createAccount(change, roles, { ...account, roles: ['user'], selfMade: false });
    if (keys?.length) await setRoles(change, { userId: id, keys, granted });
    if (!(user.sendInvite ?? passwordHash === null)) return;
    // The mail does not tell where the administrator is.
    const nowhere = { ...origin, ipAddress: null, userAgent: null };
    const invite = { purpose: 'ACCEPT_INVITE', email, userId: id } as const;
    await requestMailedToken(change, nowhere, invite, clock());
    change.audit({ action: 'user.invited', targetId: id });
  };

  return {
    async createUser(origin, editor, user, query) {
      if (user.passwordHash != null && !hasher.reads(user.passwordHash)) throw unreadable();
      try {
        return await commit(origin, async (change) => {
          const { transaction } = change;
          const granted = await requirePermission(transaction, editor, 'users:write');
          if (user.roles?.some((key) => key !== 'user')) {
            await requirePermission(transaction, editor, 'roles:assign');
            requireProof(editor, stepUpSeconds);
          }
          const id = uuidv7();
          const made = await claim(transaction, editor, user, id);
          if (made === id) await make(change, origin, { ...user, id, granted });
          const where = { id: made, deletedAt: null };
          const created = await transaction.user.findUnique({ ...query, where });
          if (created === null) throw gone();
          return created;
        });
      } catch (error) {
        if (!isUniqueViolation(error, 'user_email_key')) throw error;
        throw new ConflictError('There is an account with this address.', {
          path: ['input', 'email'],
        });
      }
    },
  };
}

function unreadable(): ValidationError {
  const message =
    'Must be a bcrypt, scrypt, PBKDF2 or argon2 hash in a known writing and within bounds.';
  return new ValidationError([
    { path: ['input', 'passwordHash'], code: 'unreadable_hash', message },
  ]);
}

function gone(): ConflictError {
  return new ConflictError('The user who was made with this key is gone.', {
    path: ['input', 'idempotencyKey'],
  });
}
