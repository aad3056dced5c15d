import { beforeEach, describe, expect, it } from 'vitest';
import { ConflictError } from '../../src/platform/errors.ts';
import { assignRoles, everything } from '../support/change-roles.ts';
import { type Person, signUp, signUpAdmin } from '../support/people.ts';
import { useTestApp } from '../support/test-app.ts';

const testApp = useTestApp();

let ada: Person;
beforeEach(async () => {
  ada = await signUp(testApp);
  await testApp.database.prisma.role.createMany({
    data: [
      { key: 'auditor', permissions: ['audit:read'] },
      { key: 'support', permissions: ['sessions:read', 'users:read'] },
    ],
  });
});

const keysOf = async ({ userId }: Person) => {
  const held = await testApp.database.prisma.userRole.findMany({
    where: { userId },
    select: { role: { select: { key: true } } },
  });
  return held.map(({ role }) => role.key).sort();
};

const auditOf = ({ userId }: Person) =>
  testApp.database.prisma.auditEvent.findMany({
    where: { action: 'user.roles-changed', targetId: userId },
    select: { metadata: true },
    orderBy: { id: 'asc' },
  });

describe('setRoles', () => {
  it('gives and takes what makes the difference, and says so', async () => {
    expect(await assignRoles(testApp, ada, ['support', 'auditor', 'support'])).toBe(true);
    expect(await keysOf(ada)).toEqual(['auditor', 'support', 'user']);
    expect(await assignRoles(testApp, ada, ['user', 'auditor'])).toBe(true);
    expect(await keysOf(ada)).toEqual(['auditor', 'user']);
    const [given, taken] = await auditOf(ada);
    expect(given?.metadata).toEqual({
      added: expect.toSatisfy((keys) => keys.toSorted().join() === 'auditor,support'),
      removed: [],
    });
    expect(taken?.metadata).toEqual({ added: [], removed: ['support'] });
  });

  it('writes nothing where everything is as it should be', async () => {
    expect(await assignRoles(testApp, ada, [])).toBe(false);
    expect(await assignRoles(testApp, ada, ['user'], new Set())).toBe(false);
    expect(await auditOf(ada)).toEqual([]);
  });

  it('always leaves the role user', async () => {
    await assignRoles(testApp, ada, ['auditor']);
    await assignRoles(testApp, ada, []);
    expect(await keysOf(ada)).toEqual(['user']);
  });

  it.each([
    ['an unknown one', 'nobody'],
    ['empty', ''],
    ['in upper case', 'Auditor'],
    ['with a space', 'auditor '],
    ['with a NUL', 'a\0'],
    ['SQL', "' OR true --"],
    ['very long', 'x'.repeat(100_000)],
    ['of an object', '__proto__'],
  ])('refuses a key that names no role, with its place: %s', async (_description, key) => {
    await expect(assignRoles(testApp, ada, ['support', key])).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      issues: [{ path: ['input', 'roles', '1'], code: 'unknown_role' }],
    });
    expect(await keysOf(ada)).toEqual(['user']);
  });

  it('refuses to give what the giver may not do: CONFLICT', async () => {
    const granted = new Set(['users:read', 'roles:assign'] as const);
    for (const key of ['support', 'auditor', 'admin']) {
      await expect(assignRoles(testApp, ada, [key], granted)).rejects.toThrow(ConflictError);
    }
    expect(await keysOf(ada)).toEqual(['user']);
  });

  it('refuses to take what the taker may not do: CONFLICT', async () => {
    await assignRoles(testApp, ada, ['support', 'auditor']);
    const granted = new Set(['audit:read'] as const);
    await expect(assignRoles(testApp, ada, ['auditor'], granted)).rejects.toThrow(ConflictError);
    expect(await assignRoles(testApp, ada, ['support'], granted)).toBe(true);
    expect(await keysOf(ada)).toEqual(['support', 'user']);
  });

  it('counts permissions, not names: what is documented no more gives nobody a right', async () => {
    await testApp.database.prisma.role.create({
      data: { key: 'relic', permissions: ['relics:read'] },
    });
    expect(await assignRoles(testApp, ada, ['relic'], new Set())).toBe(true);
    expect(await keysOf(ada)).toEqual(['relic', 'user']);
  });

  it('takes the role admin from one of several, never from the last: CONFLICT', async () => {
    const [root, other] = [await signUpAdmin(testApp), await signUpAdmin(testApp)];
    expect(await assignRoles(testApp, other, [], everything)).toBe(true);
    await expect(assignRoles(testApp, root, [], everything)).rejects.toThrow(ConflictError);
    expect(await keysOf(root)).toEqual(['admin', 'user']);
  });
});
