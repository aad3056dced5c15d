import { describe, expect, it } from 'vitest';
import { permissions } from '../../src/modules/role/role.rules.ts';
import { createRoleService } from '../../src/modules/role/role.service.ts';
import { graphql } from '../generated/index.ts';
import { signUp } from '../support/people.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { placeRole } from '../support/roles.ts';
import { useTestApp } from '../support/test-app.ts';

const Roles = graphql(`
  query Roles { roles { key description permissions builtIn } }
`);

describe('roles', () => {
  const testApp = useTestApp();

  it('are all there is, by key, for whoever is signed in', async () => {
    const ada = await signUp(testApp);
    await placeRole(testApp, 'watch', ['users:read']);
    await placeRole(testApp, 'auditor', []);
    const { roles } = await ask(testApp, Roles, {}, ada);
    expect(roles.map(({ key }) => key)).toEqual(['admin', 'auditor', 'user', 'watch']);
    expect(roles[0]).toMatchObject({ permissions: [...permissions].sort(), builtIn: true });
    expect(roles[3]).toEqual({
      key: 'watch',
      description: null,
      permissions: ['users:read'],
      builtIn: false,
    });
  });

  it('are not told to strangers: UNAUTHENTICATED', async () => {
    expect(codesOf(await send(testApp, Roles, {}))).toEqual(['UNAUTHENTICATED']);
  });
});

describe('the built-in roles', () => {
  const testApp = useTestApp();
  const readAdmin = () =>
    testApp.database.prisma.role.findUniqueOrThrow({ where: { key: 'admin' } });

  it('keep what a newer version has given them when an older one starts beside it', async () => {
    const { prisma } = testApp.database;
    const given = [...permissions, 'moons:write'].sort();
    await prisma.role.update({ where: { key: 'admin' }, data: { permissions: given } });
    await createRoleService(testApp.database).ensureBuiltInRoles();
    expect((await readAdmin()).permissions).toEqual(given);
    await prisma.role.update({
      where: { key: 'admin' },
      data: { permissions: [...permissions].sort() },
    });
  });

  it('get what this version adds, and are marked as what they are', async () => {
    const before = await readAdmin();
    await testApp.database.prisma.role.update({
      where: { key: 'admin' },
      data: { permissions: ['users:read'], builtIn: false, description: null },
    });
    await createRoleService(testApp.database).ensureBuiltInRoles();
    expect(await readAdmin()).toEqual(before);
  });
});
