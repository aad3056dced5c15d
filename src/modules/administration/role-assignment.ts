import type { Transaction } from '../../platform/database/database.ts';
import { ConflictError, ValidationError } from '../../platform/errors.ts';
import type { Change } from '../../platform/unit-of-work.ts';
import { lockAdmins, requireAdmin } from '../role/last-admin.ts';
import { isRoleKey, type Permission, permissionsOf } from '../role/role.rules.ts';
import { announceAccessChange } from '../session/access-notice.ts';
import { voidAddressChanges } from '../user/account.ts';

/** Which roles an account is to have from now on, and what whoever decides it may do themself. */
export interface RoleAssignment {
  /** Locked in this transaction, or made in it. */
  userId: string;
  /** All that the account is to have; `user` comes along unasked. */
  keys: readonly string[];
  granted: ReadonlySet<Permission>;
}

interface AssignableRole {
  id: string;
  key: string;
  permissions: string[];
  isHeld: boolean;
}

/**
 * Gives an account these roles and takes its others away, as part of a change, with an audit entry
 * and at once on every instance. Answers whether that was anything new; if so, the caller tells of
 * it (`userChanged`).
 *
 * ValidationError, with the code `unknown_role`, at each of `["input", "roles", i]` that names no
 * role; ConflictError when a role that is given or taken holds a permission that is not granted, or
 * when no administrator would be left.
 */
export async function setRoles(
  change: Change,
  { userId, keys, granted }: RoleAssignment,
): Promise<boolean> {
  const { transaction } = change;
  const wanted = new Set(['user', ...keys]);
  const mayDemote = !wanted.has('admin') && (await hasRole(transaction, userId, 'admin'));
  // Before the other rows, which everybody locks in one order.
  if (mayDemote) await lockAdmins(transaction);
  const roles = await lockRoles(transaction, userId, [...wanted].filter(isRoleKey));
  requireKnown(keys, roles);
  const added = roles.filter(({ key, isHeld }) => wanted.has(key) && !isHeld);
  const removed = roles.filter(({ key, isHeld }) => !wanted.has(key) && isHeld);
  if (added.length + removed.length === 0) return false;
  if (!new Set(permissionsOf([...added, ...removed])).isSubsetOf(granted)) {
    throw new ConflictError('A role to be given or taken holds a permission that you lack.');
  }
  await transaction.userRole.deleteMany({
    where: { userId, roleId: { in: removed.map(({ id }) => id) } },
  });
  await transaction.userRole.createMany({
    data: added.map(({ id }) => ({ userId, roleId: id })),
  });
  // Who asked for another address may not be who could ask for it of an account that may do more.
  if (added.length > 0) await voidAddressChanges(transaction, userId);
  if (mayDemote) await requireAdmin(transaction);
  change.audit({
    action: 'user.roles-changed',
    targetId: userId,
    metadata: { added: added.map(({ key }) => key), removed: removed.map(({ key }) => key) },
  });
  announceAccessChange(change, { userId });
  return true;
}

async function hasRole(transaction: Transaction, userId: string, key: string): Promise<boolean> {
  const where = { userId, role: { key } };
  return (await transaction.userRole.findFirst({ where, select: { roleId: true } })) !== null;
}

/**
 * Reads the roles with these keys and those that the account has. Until the transaction ends nobody
 * changes or deletes them, so that a role holds no more when it is given than when it was looked at.
 */
function lockRoles(
  transaction: Transaction,
  userId: string,
  keys: readonly string[],
): Promise<AssignableRole[]> {
  return transaction.$queryRaw`
    SELECT r.id, r.key, r.permissions, held.role_id IS NOT NULL AS "isHeld"
    FROM role r LEFT JOIN user_role held ON held.role_id = r.id AND held.user_id = ${userId}::uuid
    WHERE r.key = ANY(${keys}::text[]) OR held.role_id IS NOT NULL
    ORDER BY r.id FOR SHARE OF r`;
}

function requireKnown(keys: readonly string[], roles: readonly AssignableRole[]): void {
  const known = new Set(roles.map(({ key }) => key));
  const issues = keys.flatMap((key, index) =>
    known.has(key)
      ? []
      : [
          {
            path: ['input', 'roles', String(index)],
            code: 'unknown_role',
            message: 'There is no such role.',
          },
        ],
  );
  if (issues.length > 0) throw new ValidationError(issues);
}
