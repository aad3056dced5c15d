import { beforeEach, describe, expect, it } from 'vitest';
import { permissions } from '../../src/modules/role/role.rules.ts';
import { aRole, refusedRoles } from '../support/hostile-roles.ts';
import { databaseId, type Person, signUp, signUpAdmin, signUpWith } from '../support/people.ts';
import { codesOf } from '../support/request.ts';
import { auditOfRole, createRole, placeRole, requestRole } from '../support/roles.ts';
import { useTestApp } from '../support/test-app.ts';

describe('createRole', () => {
  const testApp = useTestApp();
  let admin: Person;
  beforeEach(async () => {
    admin = await signUpAdmin(testApp);
  });
  const countRoles = () => testApp.database.prisma.role.count({ where: { builtIn: false } });

  it('makes a role with its permissions in order, and says so in the audit trail', async () => {
    const role = await createRole(testApp, admin, aRole);
    expect(role).toEqual({
      ...aRole,
      __typename: 'Role',
      id: expect.any(String),
      permissions: ['audit:read', 'users:read'],
      builtIn: false,
    });
    const id = role?.__typename === 'Role' ? databaseId(role.id) : '';
    expect(await auditOfRole(testApp, id)).toEqual([
      {
        action: 'role.created',
        actorId: admin.userId,
        metadata: { key: aRole.key, permissions: ['audit:read', 'users:read'] },
      },
    ]);
  });

  it.each([
    ['no permission', { permissions: [] }],
    ['all of them', { permissions: [...permissions] }],
    ['the shortest key', { key: 'ab' }],
    ['the longest key', { key: 'a'.repeat(50) }],
    ['digits and signs in the key', { key: 'z-0_9' }],
    ['a long description', { description: 'ö'.repeat(200) }],
  ])('takes a role with %s', async (_description, change) => {
    const input = { ...aRole, ...change };
    expect(await createRole(testApp, admin, input)).toMatchObject({
      ...input,
      permissions: input.permissions.toSorted(),
    });
  });

  it.each([null, undefined, '', '  '])('takes %j for no description', async (description) => {
    const { key, permissions: names } = aRole;
    const input = { key, permissions: names, ...(description !== undefined && { description }) };
    expect(await createRole(testApp, admin, input)).toMatchObject({ description: null });
  });

  it.each(refusedRoles)('refuses %s: VALIDATION_FAILED', async (_description, change, issue) => {
    expect(await createRole(testApp, admin, { ...aRole, ...change })).toMatchObject({
      code: 'VALIDATION_FAILED',
      issues: [issue],
    });
    expect(await countRoles()).toBe(0);
  });

  it.each(['admin', 'taken'])('refuses a key that a role has: CONFLICT, %s', async (key) => {
    await placeRole(testApp, 'taken', []);
    expect(await createRole(testApp, admin, { ...aRole, key })).toMatchObject({
      code: 'CONFLICT',
      conflictPath: ['input', 'key'],
    });
    expect(await countRoles()).toBe(1);
  });

  it('gives a key to one of several who ask at once', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => createRole(testApp, admin, aRole)));
    const types = answers.map((answer) => answer?.__typename).sort();
    expect(types).toEqual(['ConflictError', 'ConflictError', 'Role']);
  });

  it('refuses a permission that the caller lacks: CONFLICT', async () => {
    const clerk = await signUpWith(testApp, ['roles:write', 'users:read']);
    expect(await createRole(testApp, clerk, aRole)).toMatchObject({
      code: 'CONFLICT',
      conflictPath: ['input', 'permissions'],
    });
    const input = { ...aRole, permissions: ['users:read'] };
    expect(await createRole(testApp, clerk, input)).toMatchObject({ __typename: 'Role' });
  });

  it('makes no more than there may be: CONFLICT', async () => {
    const { prisma } = testApp.database;
    const missing = 99 - (await prisma.role.count());
    await prisma.role.createMany({
      data: Array.from({ length: missing }, (_, index) => ({ key: `role-${index}` })),
    });
    expect(await createRole(testApp, admin, { ...aRole, key: 'last' })).toMatchObject({
      key: 'last',
    });
    expect(await createRole(testApp, admin, aRole)).toMatchObject({ code: 'CONFLICT' });
  });

  it('is for holders of roles:write: FORBIDDEN, UNAUTHENTICATED', async () => {
    const others = permissions.filter((permission) => permission !== 'roles:write');
    const deputy = await signUpWith(testApp, others);
    const ada = await signUp(testApp);
    for (const { accessToken } of [deputy, ada]) {
      const answer = await requestRole(testApp, accessToken, aRole);
      expect(codesOf(answer)).toEqual(['FORBIDDEN']);
    }
    const answer = await requestRole(testApp, undefined, aRole);
    expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
    expect(await countRoles()).toBe(1);
  });

  it('asks the database whether the caller may, not what was known of them', async () => {
    const { userId, accessToken } = admin;
    await requestRole(testApp, accessToken, { ...aRole, key: 'before' });
    // Silently: the instance goes on believing in the permission for some seconds.
    await testApp.database.prisma.userRole.deleteMany({ where: { userId } });
    expect(codesOf(await requestRole(testApp, accessToken, aRole))).toEqual(['FORBIDDEN']);
    expect(await countRoles()).toBe(1);
  });
});
