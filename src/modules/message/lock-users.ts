import type { Transaction } from '../../platform/database/database.ts';
import { NotFoundError, RefusedError } from '../../platform/errors.ts';

/** A user whose account is there until the transaction ends. */
interface LockedUser {
  id: string;
  status: string;
  /** Whether they have blocked the viewer. */
  hasBlocked: boolean;
}

/**
 * Keeps the accounts of the viewer and of others from being deleted until the transaction ends, and
 * tells what they are like. Comes first, so that whatever deletes an account waits, or is waited
 * for, before either has written anything. A suspension does not wait for it, or many who write to
 * somebody could put theirs off. RefusedError FORBIDDEN where the viewer's is gone or suspended by
 * now. One statement, whoever has blocked whom.
 */
async function lockUsers(
  transaction: Transaction,
  viewerId: string,
  others: readonly string[],
): Promise<Map<string, LockedUser>> {
  const users = await transaction.$queryRaw<LockedUser[]>`
    SELECT u.id, u.status::text AS status, EXISTS (
      SELECT FROM user_block b WHERE b.blocker_id = u.id AND b.blocked_id = ${viewerId}::uuid
    ) AS "hasBlocked"
    FROM "user" u WHERE u.id = ANY(${[viewerId, ...others]}::uuid[]) AND u.deleted_at IS NULL
    ORDER BY u.id FOR KEY SHARE OF u`;
  const found = new Map(users.map((user) => [user.id, user]));
  if (!isActive(found.get(viewerId))) {
    throw new RefusedError('FORBIDDEN', 'You may not see or do this.');
  }
  return found;
}

/** Locks the viewer's account alone. */
export async function lockViewer(transaction: Transaction, viewerId: string): Promise<void> {
  await lockUsers(transaction, viewerId, []);
}

/** Locks the viewer's account and that of another; null where the other may not be known of. */
export async function lockBoth(
  transaction: Transaction,
  viewerId: string,
  userId: string,
): Promise<LockedUser | null> {
  const other = (await lockUsers(transaction, viewerId, [userId])).get(userId);
  return isActive(other) ? other : null;
}

/** Throws NotFoundError for a user who is gone or suspended, as for one who never was. */
export function requireUser(user: LockedUser | null, userId: string): LockedUser {
  if (user === null) throw new NotFoundError('User', userId);
  return user;
}

function isActive(user: LockedUser | undefined): user is LockedUser {
  return user !== undefined && user.status !== 'SUSPENDED';
}
