import type { Database } from '../../platform/database/database.ts';
import { InvalidCredentialsError } from '../../platform/errors.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import type { AuthLimits } from './auth.limits.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { StoredPassword } from './password-rehash.ts';

/** The account of a viewer who has just proved to know its password. */
export interface ProvenAccount extends StoredPassword {
  email: string;
  displayName: string;
}

/**
 * Checks the password of somebody who is signed in already, within the limits of a sign-in: else a
 * stolen session could try passwords without end. InvalidCredentialsError, RateLimitedError.
 */
export type ProvePassword = (
  origin: Origin,
  userId: string,
  password: string,
) => Promise<ProvenAccount>;

/** Builds `provePassword` over its parts. */
export function createProvePassword(parts: {
  database: Pick<Database, 'prisma'>;
  commit: Commit;
  hasher: PasswordHasher;
  limits: AuthLimits;
}): ProvePassword {
  const { commit, hasher, limits } = parts;
  const { prisma } = parts.database;
  return async (origin, userId, password) => {
    const {
      email,
      displayName,
      password: credential,
    } = await prisma.user.findUniqueOrThrow({
      where: { id: userId },
      select: { email: true, displayName: true, password: true },
    });
    await limits.chargeSignIn(origin, email);
    const matches = await hasher.verify(credential?.hash ?? null, password);
    if (credential === null || !matches) {
      await commit(origin, async ({ audit }) =>
        audit({ action: 'password.proof-refused', targetId: userId }),
      );
      throw new InvalidCredentialsError();
    }
    await limits.noteSignIn(origin, email);
    return { email, displayName, ...credential };
  };
}
