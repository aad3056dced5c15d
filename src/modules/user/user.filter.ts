import type { Prisma } from '../../generated/prisma/client.ts';
import type { Database } from '../../platform/database/database.ts';
import type { UserFilter } from './users.rules.ts';

/** Finds a text in any part of a column; what LIKE takes for wildcards stands for itself. */
const containing = (text: string) => ({
  contains: text.replace(/[\\%_]/g, '\\$&'),
  mode: 'insensitive' as const,
});

const within = ({ from, to }: NonNullable<UserFilter['createdAt']>) => ({
  ...(from && { gte: from }),
  ...(to && { lte: to }),
});

/**
 * Builds the condition for the users that a filter lets through; tombstones never are among them.
 * A role is looked up before: by its id the planner knows how many have it, by its key it does not.
 */
export async function usersWhere(
  prisma: Pick<Database['prisma'], 'role'>,
  filter: UserFilter,
): Promise<Prisma.UserWhereInput> {
  const { search, email, status, role, emailVerified, createdAt, lastSeenAt } = filter;
  const roles =
    role == null
      ? null
      : await prisma.role.findMany({ where: { key: role }, select: { id: true } });
  return {
    deletedAt: null,
    ...(search != null && {
      OR: [{ email: containing(search) }, { displayName: containing(search) }],
    }),
    ...(email != null && { email }),
    ...(status != null && { status: { in: status } }),
    ...(roles && { roles: { some: { roleId: { in: roles.map(({ id }) => id) } } } }),
    ...(emailVerified != null && { emailVerifiedAt: emailVerified ? { not: null } : null }),
    ...(createdAt != null && { createdAt: within(createdAt) }),
    ...(lastSeenAt != null && { lastSeenAt: within(lastSeenAt) }),
  };
}
