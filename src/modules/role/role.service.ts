import type { Database, Transaction } from '../../platform/database/database.ts';
import { type BuiltInRoleKey, builtInRoles } from './role.rules.ts';

/** Keeps the roles. */
export interface RoleService {
  /** Creates the built-in roles, or brings their permissions up to this version; safe to repeat. */
  ensureBuiltInRoles(): Promise<void>;
  /** Gives a user built-in roles, as part of the change that creates the user. */
  grant(transaction: Transaction, userId: string, keys: readonly BuiltInRoleKey[]): Promise<void>;
}

/** Opens the role service over a database. */
export function createRoleService({ prisma }: Pick<Database, 'prisma'>): RoleService {
  return {
    async ensureBuiltInRoles() {
      for (const { key, description, permissions } of builtInRoles) {
        const fields = { description, permissions, builtIn: true };
        await prisma.role.upsert({ where: { key }, create: { key, ...fields }, update: fields });
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
