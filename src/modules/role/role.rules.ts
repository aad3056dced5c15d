/** What a role can allow, as `<subject>:<act>`. */
export const permissions = ['users:read'] as const;

/** One of the documented permissions. */
export type Permission = (typeof permissions)[number];

/** Lists what a user's roles allow together: sorted, each once, undocumented names left out. */
export function permissionsOf(roles: readonly { permissions: readonly string[] }[]): Permission[] {
  const granted = new Set(roles.flatMap((role) => role.permissions));
  return permissions.filter((permission) => granted.has(permission)).sort();
}

/** Roles that exist on every server, with what they allow. */
export const builtInRoles = [
  {
    key: 'admin',
    description: 'Has every permission.',
    permissions: [...permissions],
  },
  {
    key: 'user',
    description: 'May use their own account; every user has it.',
    permissions: [],
  },
] as const satisfies { key: string; description: string; permissions: Permission[] }[];

/** Key of a role that exists on every server. */
export type BuiltInRoleKey = (typeof builtInRoles)[number]['key'];
