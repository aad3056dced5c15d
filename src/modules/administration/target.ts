import type { Transaction } from '../../platform/database/database.ts';
import { ConflictError, NotFoundError } from '../../platform/errors.ts';
import { type Authority, readPermissions, requirePermission } from '../role/authority.ts';
import { lockAdmins } from '../role/last-admin.ts';
import type { Permission } from '../role/role.rules.ts';
import { type LockedAccount, lockAccount } from '../user/account.ts';

/** An account that somebody acts on, and what they themselves may do. */
export interface Target extends LockedAccount {
  granted: ReadonlySet<Permission>;
}

/**
 * Locks the account that an administrator acts on, and sees whether they may: NotFoundError when
 * there is none, RefusedError FORBIDDEN without the permission, ConflictError when the user holds a
 * permission that the administrator lacks. All of it as it stands in the transaction.
 */
export async function lockTarget(
  transaction: Transaction,
  authority: Authority,
  permission: Permission,
  userId: string,
): Promise<Target> {
  const account = await lockAccount(transaction, { userId });
  const granted = await requirePermission(transaction, authority, permission);
  if (account === null) throw new NotFoundError('User', userId);
  const held = await readPermissions(transaction, userId);
  if (!held.isSubsetOf(granted)) {
    throw new ConflictError('This user holds a permission that you lack.');
  }
  return { ...account, granted };
}

/**
 * The same before an account may stop being an administrator's: keeps all others from such changes,
 * so that of two administrators who turn on each other the slower one is refused. `requireAdmin`
 * comes after the change.
 */
export async function lockTargetAmongAdmins(
  transaction: Transaction,
  authority: Authority,
  permission: Permission,
  userId: string,
): Promise<Target> {
  await lockAccount(transaction, { userId });
  await lockAdmins(transaction);
  // Asked after the wait, in which what the authority may do can have been taken away.
  return lockTarget(transaction, authority, permission, userId);
}
