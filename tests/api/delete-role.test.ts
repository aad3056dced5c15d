import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { assignRoles } from '../support/change-roles.ts';
import {
  databaseId,
  globalId,
  type Person,
  signUp,
  signUpAdmin,
  signUpWith,
} from '../support/people.ts';
import { codesOf, send } from '../support/request.ts';
import { auditOfRole, DeleteRole, deleteRole, placeRole, roleIdOf } from '../support/roles.ts';
import { useTestApp } from '../support/test-app.ts';

describe('deleteRole', () => {
  const testApp = useTestApp();
  let admin: Person;
  let id: string;
  beforeEach(async () => {
    admin = await signUpAdmin(testApp);
    id = await placeRole(testApp, 'watch', ['users:read']);
  });
  const isThere = async () =>
    (await testApp.database.prisma.role.count({ where: { key: 'watch' } })) === 1;

  it('deletes a role, and says so in the audit trail', async () => {
    expect(await deleteRole(testApp, admin, id)).toEqual({ __typename: 'Ack', ok: true });
    expect(await isThere()).toBe(false);
    expect(await auditOfRole(testApp, databaseId(id))).toEqual([
      { action: 'role.deleted', actorId: admin.userId, metadata: { key: 'watch' } },
    ]);
    expect(await deleteRole(testApp, admin, id)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('keeps a role as long as anybody has it: CONFLICT', async () => {
    const ada = await signUp(testApp);
    await assignRoles(testApp, ada, ['watch']);
    expect(await deleteRole(testApp, admin, id)).toMatchObject({ code: 'CONFLICT' });
    expect(await isThere()).toBe(true);
    expect(await auditOfRole(testApp, databaseId(id))).toEqual([]);
    await assignRoles(testApp, ada, []);
    expect(await deleteRole(testApp, admin, id)).toMatchObject({ ok: true });
  });

  it.each(['admin', 'user'])('keeps the built-in role %s: CONFLICT', async (key) => {
    const builtIn = await roleIdOf(testApp, key);
    expect(await deleteRole(testApp, admin, builtIn)).toMatchObject({ code: 'CONFLICT' });
  });

  it('refuses a role that holds what the caller lacks: CONFLICT', async () => {
    const clerk = await signUpWith(testApp, ['roles:write', 'audit:read']);
    expect(await deleteRole(testApp, clerk, id)).toMatchObject({ code: 'CONFLICT' });
    expect(await isThere()).toBe(true);
    const other = await placeRole(testApp, 'auditor', ['audit:read']);
    expect(await deleteRole(testApp, clerk, other)).toMatchObject({ ok: true });
  });

  it('finds no role that there is not: NOT_FOUND', async () => {
    const missing = globalId('Role', randomUUID());
    expect(await deleteRole(testApp, admin, missing)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is for holders of roles:write, whatever the role: FORBIDDEN', async () => {
    const { accessToken } = await signUpWith(testApp, ['roles:assign', 'users:read']);
    for (const role of [id, globalId('Role', randomUUID())]) {
      const answer = await send(testApp, DeleteRole, { id: role }, { accessToken });
      expect(codesOf(answer)).toEqual(['FORBIDDEN']);
    }
    expect(await isThere()).toBe(true);
  });
});
