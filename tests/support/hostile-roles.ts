import type { RoleInput } from '../generated/graphql.ts';

/** A role that is acceptable. */
export const aRole: RoleInput = {
  key: 'night-watch',
  description: 'Looks after the server at night.',
  permissions: ['users:read', 'audit:read'],
};

/** What is wrong with it, and where its issue stands. */
export const refusedRoles: [string, Partial<RoleInput>, { path: string[]; code?: string }][] = [
  ['an empty key', { key: '' }, { path: ['input', 'key'] }],
  ['a key of one letter', { key: 'a' }, { path: ['input', 'key'] }],
  ['a key of 51 letters', { key: 'a'.repeat(51) }, { path: ['input', 'key'] }],
  ['a key in upper case', { key: 'Night' }, { path: ['input', 'key'] }],
  ['a key that begins with a digit', { key: '1night' }, { path: ['input', 'key'] }],
  ['a key with a space', { key: 'night watch' }, { path: ['input', 'key'] }],
  ['a key with a line break behind it', { key: 'night\n' }, { path: ['input', 'key'] }],
  ['a key with a NUL', { key: 'ni\0ght' }, { path: ['input', 'key'] }],
  ['a key in other letters', { key: 'nіght' }, { path: ['input', 'key'] }],
  ['a key that is SQL', { key: "'; DROP TABLE role --" }, { path: ['input', 'key'] }],
  [
    'a description of 201 characters',
    { description: 'x'.repeat(201) },
    { path: ['input', 'description'] },
  ],
  ['a description with a NUL', { description: 'a\0b' }, { path: ['input', 'description'] }],
  [
    'a description that turns the text round',
    { description: 'a\u202eb' },
    { path: ['input', 'description'] },
  ],
  [
    'a permission that is not documented',
    { permissions: ['users:read', 'users:eat'] },
    { path: ['input', 'permissions', '1'], code: 'unknown_permission' },
  ],
  [
    'a permission in upper case',
    { permissions: ['USERS:READ'] },
    { path: ['input', 'permissions', '0'], code: 'unknown_permission' },
  ],
  [
    'a permission of an object',
    { permissions: ['__proto__'] },
    { path: ['input', 'permissions', '0'], code: 'unknown_permission' },
  ],
  ['all permissions', { permissions: ['*'] }, { path: ['input', 'permissions', '0'] }],
  [
    'a permission twice',
    { permissions: ['users:read', 'audit:read', 'users:read'] },
    { path: ['input', 'permissions', '2'], code: 'duplicate_permission' },
  ],
];
