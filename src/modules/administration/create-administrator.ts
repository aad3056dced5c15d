import type { Clock } from '../../platform/clock.ts';
import { isUniqueViolation } from '../../platform/database/failures.ts';
import { ConflictError } from '../../platform/errors.ts';
import { serverOrigin } from '../../platform/origin.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import type { PasswordHasher } from '../auth/password-hasher.ts';
import type { PasswordPolicy } from '../auth/password-policy.ts';
import type { RoleService } from '../role/role.service.ts';
import { createAccount } from '../user/account.ts';

/** What an administrator is made with. */
export interface AdministratorParts {
  commit: Commit;
  roles: RoleService;
  hasher: PasswordHasher;
  policy: PasswordPolicy;
  clock: Clock;
}

/**
 * Makes an account with every permission for whoever runs the server; answers its id.
 * ValidationError for a password that the policy refuses, ConflictError when the address has an
 * account.
 */
export async function createAdministrator(
  { commit, roles, hasher, policy, clock }: AdministratorParts,
  { password, ...account }: { email: string; displayName: string; password: string },
): Promise<string> {
  await policy.check(password, { ...account, path: ['password'] });
  const passwordHash = await hasher.hash(password);
  try {
    return await commit(serverOrigin('cli'), (change) =>
      createAccount(change, roles, {
        ...account,
        passwordHash,
        emailVerifiedAt: clock(),
        roles: ['admin', 'user'],
        selfMade: false,
      }),
    );
  } catch (error) {
    if (!isUniqueViolation(error, 'user_email_key')) throw error;
    throw new ConflictError('This address has an account.');
  }
}
