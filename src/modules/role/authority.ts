import type { Prisma } from '../../generated/prisma/client.ts';
import type { Transaction } from '../../platform/database/database.ts';
import { RefusedError } from '../../platform/errors.ts';
import { type Permission, permissions, permissionsOf } from './role.rules.ts';
import type { Viewer } from './viewer.ts';

/** Who decides: a user by their permissions, or whoever runs the server itself, who may do all. */
export type Authority = Pick<Viewer, 'userId'> | 'operator';

/** Reads what users may do, as it stands in the transaction; nothing for whom there is not. */
export function readPermissions(
  transaction: Transaction,
  userId: string,
): Promise<ReadonlySet<Permission>> {
  return readPermissionsOf(transaction, { userId });
}

async function readPermissionsOf(
  transaction: Transaction,
  holder: Prisma.UserRoleWhereInput,
): Promise<ReadonlySet<Permission>> {
  const roles = await transaction.role.findMany({
    where: { users: { some: holder } },
    select: { permissions: true },
  });
  return new Set(permissionsOf(roles));
}

/**
 * Reads anew what an authority may do, once the rows that the change is about are locked: what the
 * viewer was known to may have been taken away meanwhile, and whoever is suspended may nothing.
 * RefusedError FORBIDDEN without the permission.
 */
export async function requirePermission(
  transaction: Transaction,
  authority: Authority,
  permission: Permission,
): Promise<ReadonlySet<Permission>> {
  if (authority === 'operator') return new Set(permissions);
  const user = { status: { not: 'SUSPENDED' }, deletedAt: null } as const;
  const held = await readPermissionsOf(transaction, { userId: authority.userId, user });
  if (!held.has(permission)) throw new RefusedError('FORBIDDEN', 'You may not see or do this.');
  return held;
}
