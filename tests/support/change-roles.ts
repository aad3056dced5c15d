import { type RoleAssignment, setRoles } from '../../src/modules/administration/role-assignment.ts';
import { type Permission, permissions } from '../../src/modules/role/role.rules.ts';
import { lockAccount } from '../../src/modules/user/account.ts';
import { serverOrigin } from '../../src/platform/origin.ts';
import { createCommit } from '../../src/platform/unit-of-work.ts';
import type { Person } from './people.ts';
import type { TestApp } from './test-app.ts';

/** What whoever runs the server may do. */
export const everything: ReadonlySet<Permission> = new Set(permissions);

/** Builds what makes changes beside the instance, which hears of them like of any other's. */
export function commitOf({ database }: TestApp) {
  const queue = { enqueue: () => Promise.reject(new Error('There is no job for this.')) };
  return createCommit(database, queue, { onEvents: () => {}, onNotice: () => {} });
}

/** Gives a user these roles, as somebody who may do what is granted. */
export function assignRoles(
  testApp: TestApp,
  { userId }: Pick<Person, 'userId'>,
  keys: RoleAssignment['keys'],
  granted: RoleAssignment['granted'] = everything,
): Promise<boolean> {
  return commitOf(testApp)(serverOrigin('tests'), async (change) => {
    await lockAccount(change.transaction, { userId });
    return setRoles(change, { userId, keys, granted });
  });
}
