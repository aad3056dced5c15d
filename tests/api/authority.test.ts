import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { readPermissions, requirePermission } from '../../src/modules/role/authority.ts';
import { lockAdmins, requireAdmin } from '../../src/modules/role/last-admin.ts';
import { permissions } from '../../src/modules/role/role.rules.ts';
import { ConflictError, RefusedError } from '../../src/platform/errors.ts';
import { assignRoles } from '../support/change-roles.ts';
import { type Person, signUp, signUpAdmin } from '../support/people.ts';
import { placeRole } from '../support/roles.ts';
import { useTestApp } from '../support/test-app.ts';

const testApp = useTestApp();
let ada: Person;
beforeEach(async () => {
  ada = await signUp(testApp);
  await placeRole(testApp, 'watch', ['sessions:read', 'users:read']);
  await placeRole(testApp, 'clerk', ['users:read', 'users:write', 'relics:read']);
});

describe('what users may do', () => {
  it('is what all their roles allow, each once, and only what is documented', async () => {
    const read = () => readPermissions(testApp.database.prisma, ada.userId);
    expect([...(await read())]).toEqual([]);
    await assignRoles(testApp, ada, ['watch', 'clerk']);
    expect([...(await read())]).toEqual(['sessions:read', 'users:read', 'users:write']);
  });

  it('is nothing for whom there is not', async () => {
    expect((await readPermissions(testApp.database.prisma, randomUUID())).size).toBe(0);
  });
});

describe('an authority', () => {
  const mayWrite = (by: Parameters<typeof requirePermission>[1]) =>
    requirePermission(testApp.database.prisma, by, 'users:write');

  it('answers all that it may do', async () => {
    await assignRoles(testApp, ada, ['clerk']);
    expect([...(await mayWrite(ada))]).toEqual(['users:read', 'users:write']);
    const { userId } = await signUpAdmin(testApp);
    expect([...(await mayWrite({ userId }))]).toEqual([...permissions].sort());
  });

  it('is refused without the permission: FORBIDDEN', async () => {
    await assignRoles(testApp, ada, ['watch']);
    for (const by of [ada, { userId: randomUUID() }]) {
      const refusal = await mayWrite(by).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(RefusedError);
      expect(refusal).toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  it('may do everything as the operator, who has no account', async () => {
    expect(await mayWrite('operator')).toEqual(new Set(permissions));
  });
});

describe('that there is an administrator', () => {
  /** Changes somebody so that they are none any more, as every such change is made. */
  const change = (data: object, { userId }: Person) =>
    testApp.database.prisma.$transaction(async (transaction) => {
      await lockAdmins(transaction);
      await transaction.user.update({ where: { id: userId }, data });
      await requireAdmin(transaction);
    });

  it.each([
    ['suspended', { status: 'SUSPENDED' }],
    ['leaving', { status: 'DELETION_SCHEDULED' }],
    ['anonymised', { deletedAt: new Date() }],
  ])('asks for one who is not %s: CONFLICT', async (_description, data) => {
    const [root, other] = [await signUpAdmin(testApp), await signUpAdmin(testApp)];
    await change(data, root);
    await expect(change(data, other)).rejects.toThrow(ConflictError);
    await change({ status: 'ACTIVE', deletedAt: null }, root);
    await change(data, other);
  });

  it('asks for one who can sign in: CONFLICT', async () => {
    const [root, invited] = [await signUpAdmin(testApp), await signUpAdmin(testApp)];
    const { userId } = invited;
    await testApp.database.prisma.passwordCredential.delete({ where: { userId } });
    await testApp.database.prisma.user.update({
      where: { id: userId },
      data: { emailVerifiedAt: null },
    });
    await expect(change({ status: 'SUSPENDED' }, root)).rejects.toThrow(ConflictError);
  });

  it('asks for the role itself, not for its permissions: CONFLICT', async () => {
    const root = await signUpAdmin(testApp);
    await placeRole(testApp, 'deputy', [...permissions]);
    await assignRoles(testApp, ada, ['deputy']);
    await expect(change({ status: 'SUSPENDED' }, root)).rejects.toThrow(ConflictError);
  });
});
