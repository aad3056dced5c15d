import type { Prisma } from '../generated/prisma/client.ts';
import { emailRule } from '../modules/user/user.rules.ts';
import type { Database } from '../platform/database/database.ts';
import { isUuid } from '../platform/uuid.ts';
import { CommandError } from './command-errors.ts';

/** What users are named by. */
export const whom = 'their address or their id in the database';

/** What a query for users needs to answer their roles as well. */
export const withRoles = {
  include: { roles: { include: { role: true }, orderBy: { grantedAt: 'asc' } } },
} satisfies Prisma.UserFindFirstArgs;

/** A user with their roles. */
export type FoundUser = Prisma.UserGetPayload<typeof withRoles>;

/** Finds the user whom somebody means by an address or an id of the database; CommandError. */
export async function findUser(
  { prisma }: Pick<Database, 'prisma'>,
  who: string,
): Promise<FoundUser> {
  const email = emailRule.safeParse(who).data;
  const where = isUuid(who) ? { id: who } : email === undefined ? null : { email };
  const user =
    where && (await prisma.user.findUnique({ ...withRoles, where: { ...where, deletedAt: null } }));
  if (!user) throw new CommandError('There is no user with this address or id.');
  return user;
}

/** Lists the keys of a user's roles. */
export const roleKeys = ({ roles }: Pick<FoundUser, 'roles'>) => roles.map(({ role }) => role.key);

/** When a user was last seen; null for never. */
export const lastSeen = ({ lastSeenAt }: Pick<FoundUser, 'lastSeenAt'>) =>
  lastSeenAt.getTime() === 0 ? null : lastSeenAt;
