import { v7 as uuidv7 } from 'uuid';
import type { Prisma, Role } from '../../generated/prisma/client.ts';
import type { Database, Transaction } from '../../platform/database/database.ts';
import { type BuiltInRoleKey, builtInRoles } from './role.rules.ts';

/** What a caller of the service wants loaded along with a role; see the Prisma plugin's `query`. */
export type RoleQuery = Pick<Prisma.RoleFindFirstArgs, 'include' | 'select'>;

/** Keeps the roles. */
export interface RoleService {
  /** Lists all roles, by key. */
  listRoles(query: RoleQuery): Promise<Role[]>;
  /** Finds a role by id. */
  findRole(id: string, query: RoleQuery): Promise<Role | null>;
  /** Creates the built-in roles, or brings their permissions up to this version; safe to repeat. */
  ensureBuiltInRoles(): Promise<void>;
  /** Gives a user built-in roles, as part of the change that creates the user. */
  grant(transaction: Transaction, userId: string, keys: readonly BuiltInRoleKey[]): Promise<void>;
}

/** Opens the role service over a database. */
export function createRoleService({ prisma }: Pick<Database, 'prisma'>): RoleService {
  return {
    listRoles: (query) => prisma.role.findMany({ ...query, orderBy: { key: 'asc' } }),
    findRole: (id, query) => prisma.role.findUnique({ ...query, where: { id } }),
    async ensureBuiltInRoles() {
      for (const { key, description, permissions } of builtInRoles) {
        // What is there already stays: an older instance that starts beside newer ones takes nothing away.
        await prisma.$executeRaw`
          INSERT INTO role (id, key, description, permissions, built_in)
          VALUES (${uuidv7()}::uuid, ${key}, ${description}, ${permissions}::text[], true)
          ON CONFLICT (key) DO UPDATE SET description = EXCLUDED.description, built_in = true,
            permissions = ARRAY(SELECT DISTINCT unnest(role.permissions || EXCLUDED.permissions) ORDER BY 1)`;
      }
    },
    async grant(transaction, userId, keys) {
      const roles = await transaction.role.findMany({
        where: { key: { in: [...keys] } },
        select: { id: true },
      });
      await transaction.userRole.createMany({
        data: roles.map((role) => ({ userId, roleId: role.id })),
      });
    },
  };
}
