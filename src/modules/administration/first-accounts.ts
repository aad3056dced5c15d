import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import { serverOrigin } from '../../platform/origin.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import type { PasswordHasher } from '../auth/password-hasher.ts';
import type { BuiltInRoleKey } from '../role/role.rules.ts';
import type { RoleService } from '../role/role.service.ts';
import { createAccount } from '../user/account.ts';
import { emailRule } from '../user/user.rules.ts';

/** An account that an empty database begins with. */
export interface FirstAccount {
  email: string;
  displayName: string;
  password: string;
  roles: readonly BuiltInRoleKey[];
}

/** A production server was given the database of a development server. */
export class SampleAccountsError extends Error {
  override name = 'SampleAccountsError';

  constructor() {
    super(
      'This database began with sample accounts, whose password is published. Give production a database of its own: set DATABASE_URL, or DATA_DIR to another directory.',
    );
  }
}

/** Any number; it keeps instances that start together from filling an empty database twice. */
const firstAccountsLock = 7_311_003;

/** Why there are first accounts: a person brings one, or a development server its samples. */
export type FirstAccountsKind = 'first-admin' | 'sample-accounts';

const createdAction = {
  'first-admin': 'server.first-admin-created',
  'sample-accounts': 'server.sample-accounts-created',
} as const satisfies Record<FirstAccountsKind, string>;

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
  kind: FirstAccountsKind,
  accounts: readonly FirstAccount[],
): Promise<boolean> {
  const isEmpty = async (prisma: Pick<Database['prisma'], 'user'>) =>
    (await prisma.user.findFirst({ select: { id: true } })) === null;
  if (!(await isEmpty(database.prisma))) return false;
  const hashed = await Promise.all(
    accounts.map(async (account) => ({
      ...account,
      email: emailRule.parse(account.email),
      passwordHash: await hasher.hash(account.password),
    })),
  );
  return commit(serverOrigin(kind), async (change) => {
    const { transaction } = change;
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${firstAccountsLock}::bigint)`;
    if (!(await isEmpty(transaction))) return false;
    for (const { email, displayName, roles: keys, passwordHash } of hashed) {
      const account = { email, displayName, passwordHash, roles: keys };
      const made = { ...account, emailVerifiedAt: clock(), selfMade: false };
      await createAccount(change, roles, made);
    }
    change.audit({ action: createdAction[kind] });
    return true;
  });
}

/**
 * Tells whether a database began with the sample accounts, whose password is published. The audit
 * trail knows it for good: it is append-only.
 */
export async function holdsSampleAccounts({ prisma }: Pick<Database, 'prisma'>): Promise<boolean> {
  const action = createdAction['sample-accounts'];
  return (await prisma.auditEvent.findFirst({ where: { action }, select: { id: true } })) !== null;
}
