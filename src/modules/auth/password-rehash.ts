import { RateLimitedError } from '../../platform/errors.ts';
import type { Change } from '../../platform/unit-of-work.ts';
import type { PasswordHasher } from './password-hasher.ts';

/** What is stored of the password of a user. */
export interface StoredPassword {
  userId: string;
  hash: string;
  /** Stays what it is when the same password is hashed anew. */
  changedAt: Date;
}

/**
 * Hashes a password, which is known to be right, for a stored hash that is out of date. Null when
 * it is not, or when the hasher has no time: it can be done at the next sign-in.
 */
export async function findBetterHash(
  hasher: PasswordHasher,
  stored: StoredPassword,
  password: string,
): Promise<string | null> {
  if (!hasher.needsRehash(stored.hash, password)) return null;
  try {
    return await hasher.hash(password);
  } catch (error) {
    if (error instanceof RateLimitedError) return null;
    throw error;
  }
}

/**
 * Keeps the password from being changed until the change is committed, and stores the better hash
 * if there is one. Answers false when it was changed since it was compared: what was to be done on
 * its strength must not be.
 */
export async function holdPassword(
  { transaction, audit }: Change,
  { userId, hash, changedAt }: StoredPassword,
  betterHash: string | null,
): Promise<boolean> {
  const [now] = await transaction.$queryRaw<{ hash: string; changedAt: Date }[]>`
    SELECT hash, changed_at AS "changedAt" FROM password_credential
    WHERE user_id = ${userId}::uuid FOR NO KEY UPDATE`;
  if (now?.changedAt.getTime() !== changedAt.getTime()) return false;
  // Of two sign-ins at once, the first has done it already.
  if (betterHash !== null && now.hash === hash) {
    await transaction.passwordCredential.update({ where: { userId }, data: { hash: betterHash } });
    audit({ action: 'password.rehashed', actorId: userId, targetId: userId });
  }
  return true;
}
