import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { assignRoles } from '../support/change-roles.ts';
import { aRole, refusedRoles } from '../support/hostile-roles.ts';
import {
  databaseId,
  globalId,
  type Person,
  signUp,
  signUpAdmin,
  signUpWith,
} from '../support/people.ts';
import { bodyOf, postGraphql } from '../support/raw-request.ts';
import { codesOf, send } from '../support/request.ts';
import { auditOfRole, placeRole, roleIdOf, UpdateRole, updateRole } from '../support/roles.ts';
import { useTestApp } from '../support/test-app.ts';
import { followUserOn, readItem, rename, settle } from '../support/user-stream.ts';

describe('updateRole', () => {
  const testApp = useTestApp();
  let admin: Person;
  let id: string;
  beforeEach(async () => {
    admin = await signUpAdmin(testApp);
    id = await placeRole(testApp, 'watch', ['sessions:read', 'users:read']);
  });

  it('replaces all of a role, and says in the audit trail what is different', async () => {
    const { key, description, permissions } = aRole;
    expect(await updateRole(testApp, admin, id, aRole)).toEqual({
      __typename: 'Role',
      id,
      key,
      description,
      permissions: permissions.toSorted(),
      builtIn: false,
    });
    expect(await updateRole(testApp, admin, id, { key, permissions: [] })).toMatchObject({
      description: null,
      permissions: [],
    });
    expect(await auditOfRole(testApp, databaseId(id))).toEqual([
      {
        action: 'role.updated',
        actorId: admin.userId,
        metadata: {
          key,
          formerKey: 'watch',
          added: ['audit:read'],
          removed: ['sessions:read'],
        },
      },
      {
        action: 'role.updated',
        actorId: admin.userId,
        metadata: { key, added: [], removed: ['audit:read', 'users:read'] },
      },
    ]);
  });

  describe('counts for whoever has the role', () => {
    let ada: Person;
    beforeEach(async () => {
      ada = await signUp(testApp);
      await assignRoles(testApp, ada, ['watch']);
    });
    const listUsers = async () => {
      const headers = { authorization: `Bearer ${ada.accessToken}` };
      const answer = await postGraphql(testApp, { query: '{ users { totalCount } }' }, headers);
      return bodyOf(answer).errors?.[0]?.extensions?.code ?? 'value';
    };

    it('with the next request, what is taken and what is given', async () => {
      await expect.poll(listUsers).toBe('value');
      for (const [permissions, outcome] of [
        [[], 'FORBIDDEN'],
        [['users:read'], 'value'],
        [['audit:read'], 'FORBIDDEN'],
      ] as const) {
        await updateRole(testApp, admin, id, { key: 'watch', permissions: [...permissions] });
        expect(await listUsers()).toBe(outcome);
      }
    });

    it('with the next event of a running subscription: FORBIDDEN', async () => {
      await expect.poll(listUsers).toBe('value');
      const bob = await signUp(testApp, 'Bob');
      await settle(testApp, bob);
      const stream = await followUserOn(testApp, bob.id, ada);
      expect((await readItem(stream)).says).toBe('caught up');

      await updateRole(testApp, admin, id, { key: 'watch', permissions: ['sessions:read'] });
      await rename(testApp, bob, 'Rob');
      const answer = await stream.next();
      expect(answer?.data ?? null).toBeNull();
      expect(answer?.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
      expect(await stream.next()).toBeNull();
    });
  });

  it.each(refusedRoles)('refuses %s: VALIDATION_FAILED', async (_description, change, issue) => {
    expect(await updateRole(testApp, admin, id, { ...aRole, ...change })).toMatchObject({
      code: 'VALIDATION_FAILED',
      issues: [issue],
    });
    expect(await auditOfRole(testApp, databaseId(id))).toEqual([]);
  });

  it('refuses a key that another role has, and takes its own: CONFLICT', async () => {
    const permissions = ['audit:read'];
    expect(await updateRole(testApp, admin, id, { key: 'user', permissions })).toMatchObject({
      code: 'CONFLICT',
      conflictPath: ['input', 'key'],
    });
    expect(await updateRole(testApp, admin, id, { key: 'watch', permissions })).toMatchObject({
      key: 'watch',
      permissions,
    });
  });

  it.each(['admin', 'user'])('leaves the built-in role %s as it is: CONFLICT', async (key) => {
    const builtIn = await roleIdOf(testApp, key);
    const answer = await updateRole(testApp, admin, builtIn, { key, permissions: [] });
    expect(answer).toMatchObject({ code: 'CONFLICT' });
    expect(await auditOfRole(testApp, databaseId(builtIn))).toEqual([]);
  });

  it.each([
    ['adding it', ['sessions:read', 'users:read'], ['audit:read', 'users:read']],
    ['taking it away', ['audit:read', 'users:read'], ['users:read']],
    ['leaving it in', ['audit:read', 'users:read'], ['audit:read', 'users:read']],
  ])('refuses a permission that the caller lacks, %s: CONFLICT', async (_act, before, after) => {
    const clerk = await signUpWith(testApp, ['roles:write', 'sessions:read', 'users:read']);
    await updateRole(testApp, admin, id, { key: 'watch', permissions: before });
    const answer = await updateRole(testApp, clerk, id, { key: 'watch', permissions: after });
    expect(answer).toMatchObject({ code: 'CONFLICT' });
    const stored = await testApp.database.prisma.role.findUnique({ where: { key: 'watch' } });
    expect(stored?.permissions).toEqual(before);
  });

  it('changes a role that holds what its caller holds, too', async () => {
    const clerk = await signUpWith(testApp, ['roles:write', 'sessions:read', 'users:read']);
    const input = { key: 'watch', permissions: ['users:read'] };
    expect(await updateRole(testApp, clerk, id, input)).toMatchObject(input);
  });

  it('finds no role that there is not: NOT_FOUND', async () => {
    const missing = globalId('Role', randomUUID());
    expect(await updateRole(testApp, admin, missing, aRole)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is for holders of roles:write, whatever the role: FORBIDDEN', async () => {
    const { accessToken } = await signUpWith(testApp, ['roles:assign', 'users:write']);
    for (const role of [id, globalId('Role', randomUUID())]) {
      const variables = { id: role, input: aRole };
      const answer = await send(testApp, UpdateRole, variables, { accessToken });
      expect(codesOf(answer)).toEqual(['FORBIDDEN']);
    }
  });
});
