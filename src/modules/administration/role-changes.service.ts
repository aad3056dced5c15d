import type { Role } from '../../generated/prisma/client.ts';
import type { Transaction } from '../../platform/database/database.ts';
import { isForeignKeyViolation, isUniqueViolation } from '../../platform/database/failures.ts';
import { ConflictError, NotFoundError } from '../../platform/errors.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Change, Commit } from '../../platform/unit-of-work.ts';
import { type Authority, requirePermission } from '../role/authority.ts';
import { roleChanged } from '../role/role.events.ts';
import { type Permission, permissionsOf } from '../role/role.rules.ts';
import type { RoleQuery } from '../role/role.service.ts';
import { announceAccessChange } from '../session/access-notice.ts';

/** What a role is made of, as its rules accept it. */
export interface RoleFields {
  key: string;
  description?: string | null | undefined;
  permissions: readonly string[];
}

/**
 * Makes, changes and deletes roles, on behalf of holders of `roles:write`; RefusedError FORBIDDEN
 * for others. Nobody puts into a role, changes or deletes what they may not do themself:
 * ConflictError, as for built-in roles and a key that is taken.
 */
export interface RoleChanges {
  create(origin: Origin, by: Authority, fields: RoleFields, query: RoleQuery): Promise<Role>;
  /** Replaces what a role is made of, at once for all who have it; NotFoundError. */
  update(
    origin: Origin,
    by: Authority,
    roleId: string,
    fields: RoleFields,
    query: RoleQuery,
  ): Promise<Role>;
  /** Deletes a role that nobody has; NotFoundError, ConflictError. */
  delete(origin: Origin, by: Authority, roleId: string): Promise<void>;
}

/** Opens the service. */
export function createRoleChanges(commit: Commit): RoleChanges {
  return {
    create: (origin, by, fields, query) =>
      commit(origin, async ({ transaction, audit, emit }) => {
        const granted = await requirePermission(transaction, by, 'roles:write');
        const data = toColumns(fields);
        requireGranted(data.permissions, granted);
        await requireRoom(transaction);
        const role = await transaction.role.create({ ...query, data });
        const { key, permissions } = data;
        audit({ action: 'role.created', targetId: role.id, metadata: { key, permissions } });
        emit(roleChanged(role.id, 'CREATED'));
        return role;
      }).catch(tellTakenKey),
    update: (origin, by, id, fields, query) =>
      commit(origin, async (change) => {
        const { transaction } = change;
        const { role, granted } = await lockOwnRole(transaction, by, id);
        const data = toColumns(fields);
        requireGranted(data.permissions, granted);
        tellUpdate(change, role, data);
        return transaction.role.update({ ...query, where: { id }, data });
      }).catch(tellTakenKey),
    delete: (origin, by, id) =>
      commit(origin, async ({ transaction, audit, emit }) => {
        const { role } = await lockOwnRole(transaction, by, id);
        await transaction.role.delete({ where: { id } });
        audit({ action: 'role.deleted', targetId: id, metadata: { key: role.key } });
        emit(roleChanged(id, 'DELETED'));
      }).catch((error: unknown) => {
        if (!isForeignKeyViolation(error)) throw error;
        throw new ConflictError('Users have this role.');
      }),
  };
}

function toColumns({ key, description, permissions }: RoleFields) {
  return { key, description: description || null, permissions: permissionsOf([{ permissions }]) };
}

function requireGranted(permissions: Permission[], granted: ReadonlySet<Permission>): void {
  if (new Set(permissions).isSubsetOf(granted)) return;
  throw new ConflictError('You lack a permission that the role is to hold.', {
    path: ['input', 'permissions'],
  });
}

/** So many that nobody needs more, and few enough to be listed whole. */
const maxRoles = 100;

async function requireRoom(transaction: Transaction): Promise<void> {
  if ((await transaction.role.count()) < maxRoles) return;
  throw new ConflictError(`There are ${maxRoles} roles, which is as many as there may be.`);
}

type LockedRole = Pick<Role, 'id' | 'key' | 'permissions' | 'builtIn'>;

/**
 * Keeps others from changing a role and from giving it to anybody until the transaction ends, and
 * sees whether the authority may change it, as things stand then.
 */
async function lockOwnRole(transaction: Transaction, by: Authority, id: string) {
  const [role] = await transaction.$queryRaw<LockedRole[]>`
    SELECT id, key, permissions, built_in AS "builtIn" FROM role WHERE id = ${id}::uuid FOR UPDATE`;
  const granted = await requirePermission(transaction, by, 'roles:write');
  if (role === undefined) throw new NotFoundError('Role', id);
  if (role.builtIn) throw new ConflictError('A built-in role cannot be changed.');
  if (!new Set(permissionsOf([role])).isSubsetOf(granted)) {
    throw new ConflictError('This role holds a permission that you lack.');
  }
  return { role, granted };
}

function tellUpdate(
  change: Change,
  before: LockedRole,
  after: { key: string; permissions: string[] },
): void {
  const [old, now] = [new Set(before.permissions), new Set(after.permissions)];
  const [added, removed] = [[...now.difference(old)], [...old.difference(now)]];
  const { key } = after;
  const isRenamed = before.key !== key;
  const renamed = isRenamed ? { formerKey: before.key } : {};
  change.audit({
    action: 'role.updated',
    targetId: before.id,
    metadata: { key, ...renamed, added, removed },
  });
  change.emit(roleChanged(before.id, 'UPDATED'));
  // The key, too, opens something: the channel of the role.
  if (isRenamed || added.length + removed.length > 0) announceAccessChange(change, 'everybody');
}

function tellTakenKey(error: unknown): never {
  if (!isUniqueViolation(error, 'role_key_key')) throw error;
  throw new ConflictError('Another role has this key.', { path: ['input', 'key'] });
}
