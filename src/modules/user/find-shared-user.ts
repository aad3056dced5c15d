import type { Prisma, PrismaClient, Role, User } from '../../generated/prisma/client.ts';
import type { SharedRows } from '../../platform/shared-rows.ts';

/** What fields of `User` read besides the account itself. */
interface Attachments {
  avatar: { digest: string } | null;
  /** In the order in which they were granted. */
  roles: { role: Role }[];
}

const attached: ReadonlySet<string> = new Set(['avatar', 'roles'] satisfies (keyof Attachments)[]);

/**
 * Finds an account for somebody who shares rows with others: whole, in one statement, and in one
 * more with all that is attached to it, once any of them asks for that. Where a field reads
 * something else, it is loaded for the one who asks.
 */
export async function findSharedUser(
  prisma: PrismaClient,
  rows: SharedRows,
  id: string,
  query: Pick<Prisma.UserFindFirstArgs, 'include' | 'select'>,
): Promise<User | null> {
  const wanted = Object.keys(query.include ?? {});
  if (query.select != null || wanted.some((relation) => !attached.has(relation))) {
    return prisma.user.findUnique({ ...query, where: { id } });
  }
  const user = await rows.once(`user ${id}`, () => prisma.user.findUnique({ where: { id } }));
  if (user === null || wanted.length === 0) return user;
  const more = await rows.once(`attached to user ${id}`, () => findAttachments(prisma, id));
  return { ...user, ...more };
}

type AttachmentRow = { digest: string | null } & { [Column in keyof Role]: Role[Column] | null };

async function findAttachments(prisma: PrismaClient, id: string): Promise<Attachments> {
  const found = await prisma.$queryRaw<AttachmentRow[]>`
    SELECT a.digest, r.id, r.key, r.description, r.permissions, r.built_in AS "builtIn"
    FROM "user" u LEFT JOIN avatar a ON a.user_id = u.id
      LEFT JOIN user_role ur ON ur.user_id = u.id LEFT JOIN role r ON r.id = ur.role_id
    WHERE u.id = ${id}::uuid ORDER BY ur.granted_at`;
  const digest = found[0]?.digest ?? null;
  return {
    avatar: digest === null ? null : { digest },
    roles: found.flatMap(({ digest: _digest, ...role }) =>
      role.id === null ? [] : [{ role: role as Role }],
    ),
  };
}
