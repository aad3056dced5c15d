import type { Transaction } from '../../platform/database/database.ts';
import { ConflictError } from '../../platform/errors.ts';

/**
 * Keeps others from taking the role `admin` away, or the use of an account that has it, until the
 * transaction ends. Comes after the lock of the account and before the change; then `requireAdmin`.
 */
export async function lockAdmins(transaction: Transaction): Promise<void> {
  await transaction.$queryRaw`SELECT id FROM role WHERE key = 'admin' FOR NO KEY UPDATE`;
}

/** Throws ConflictError where a change has left nobody who has the role `admin` and can use it. */
export async function requireAdmin(transaction: Transaction): Promise<void> {
  const admin = await transaction.user.findFirst({
    where: {
      status: 'ACTIVE',
      deletedAt: null,
      roles: { some: { role: { key: 'admin' } } },
      // Not one who was invited and has never come.
      OR: [{ emailVerifiedAt: { not: null } }, { password: { isNot: null } }],
    },
    select: { id: true },
  });
  if (admin === null) throw new ConflictError('There must be an administrator left.');
}

/**
 * Makes a change by which a user, whose account is locked, stops being an administrator who can act.
 * ConflictError where they are the last one.
 */
export async function leavingAnAdmin<Result>(
  transaction: Transaction,
  userId: string,
  change: () => Promise<Result>,
): Promise<Result> {
  const admin = await transaction.userRole.findFirst({
    where: { userId, role: { key: 'admin' } },
    select: { roleId: true },
  });
  // Nobody gets the role meanwhile: that locks the account, too.
  if (admin === null) return change();
  await lockAdmins(transaction);
  const result = await change();
  await requireAdmin(transaction);
  return result;
}
