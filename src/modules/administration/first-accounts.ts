import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import { serverOrigin } from '../../platform/origin.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import type { PasswordHasher } from '../auth/password-hasher.ts';
import type { BuiltInRoleKey } from '../role/role.rules.ts';
import type { RoleService } from '../role/role.service.ts';
import { createAccount } from '../user/account.ts';

/** An account that an empty database begins with. */
export interface FirstAccount {
  email: string;
  displayName: string;
  password: string;
  roles: readonly BuiltInRoleKey[];
}

/** Any number; it keeps instances that start together from filling an empty database twice. */
const firstAccountsLock = 7_311_003;

/** What the first accounts are made with. */
export interface FirstAccountsParts {
  database: Pick<Database, 'prisma'>;
  commit: Commit;
  roles: RoleService;
  hasher: PasswordHasher;
  clock: Clock;
}

/**
 * Creates accounts in a database that has none, all or nothing, their addresses taken as
 * confirmed. Answers whether it did: a database with any user is left as it is.
 */
export async function createFirstAccounts(
  { database, commit, roles, hasher, clock }: FirstAccountsParts,
  accounts: readonly FirstAccount[],
): Promise<boolean> {
  const isEmpty = async (prisma: Pick<Database['prisma'], 'user'>) =>
    (await prisma.user.findFirst({ select: { id: true } })) === null;
  if (!(await isEmpty(database.prisma))) return false;
  const hashes = await Promise.all(accounts.map(({ password }) => hasher.hash(password)));
  return commit(serverOrigin('first-accounts'), async (change) => {
    const { transaction } = change;
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${firstAccountsLock}::bigint)`;
    if (!(await isEmpty(transaction))) return false;
    for (const [index, { email, displayName, roles: keys }] of accounts.entries()) {
      const passwordHash = hashes[index] ?? '';
      const account = { email, displayName, passwordHash, roles: keys };
      const made = { ...account, emailVerifiedAt: clock(), selfMade: false };
      await createAccount(change, roles, made);
    }
    return true;
  });
}
