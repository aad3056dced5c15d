import { z } from 'zod';

/** What a role can allow, as `<subject>:<act>`; docs/permissions.md says what each opens. */
export const permissions = [
  'audit:read',
  'keys:rotate',
  'messages:broadcast',
  'roles:assign',
  'roles:write',
  'sessions:read',
  'sessions:revoke',
  'users:read',
  'users:write',
] as const;

/** One of the documented permissions. */
export type Permission = (typeof permissions)[number];

/** Lists what a user's roles allow together: sorted, each once, undocumented names left out. */
export function permissionsOf(roles: readonly { permissions: readonly string[] }[]): Permission[] {
  const granted = new Set(roles.flatMap((role) => role.permissions));
  return permissions.filter((permission) => granted.has(permission)).sort();
}

const keyRule = z
  .string()
  .regex(
    /^[a-z][a-z0-9_-]{1,49}$/,
    'Must be 2 to 50 of a–z, 0–9, "-" and "_", beginning with a letter.',
  );

/** Tells whether a role can have the key at all. */
export function isRoleKey(key: string): boolean {
  return keyRule.safeParse(key).success;
}

const descriptionRule = z
  .string()
  .transform((text) => text.normalize('NFC').trim())
  .pipe(
    z
      .string()
      .max(200, 'Must be at most 200 characters.')
      .regex(
        /^[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u,
        'Must not contain control characters.',
      ),
  );

const permissionsRule = z.array(z.string()).transform((names, context) => {
  const refuse = (index: number, code: string, message: string) =>
    context.addIssue({ code: 'custom', path: [index], params: { code }, message });
  for (const [index, name] of names.entries()) {
    if (!permissions.some((permission) => permission === name)) {
      refuse(index, 'unknown_permission', 'There is no such permission.');
    } else if (names.indexOf(name) !== index) {
      refuse(index, 'duplicate_permission', 'Must be there once.');
    }
  }
  return permissionsOf([{ permissions: names }]);
});

/** Rules of what a role is made of. */
export const roleRules = z.object({
  key: keyRule,
  description: descriptionRule.nullish(),
  permissions: permissionsRule,
});

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
