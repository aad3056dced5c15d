import { beforeEach, describe, expect, it } from 'vitest';
import { encodeEventCursor, logStart } from '../../src/platform/event-log/cursor.ts';
import { graphql } from '../generated/index.ts';
import { listEvents } from '../support/listed-events.ts';
import { type Person, signUp, signUpAdmin } from '../support/people.ts';
import { ask } from '../support/request.ts';
import { createRole, deleteRole, updateRole } from '../support/roles.ts';
import { useTestApp } from '../support/test-app.ts';
import { settle } from '../support/user-stream.ts';
import { followVisible, nextEvents } from '../support/visible-events.ts';

const GiveRole = graphql(`
  mutation RoleChangedGiveRole($id: ID!, $roles: [String!]) {
    updateUser(id: $id, input: { roles: $roles }) { __typename }
  }
`);
const start = encodeEventCursor(logStart);
const support = { key: 'support', permissions: ['users:read'] };

describe('a change of a role', () => {
  const testApp = useTestApp();
  let admin: Person;
  let ada: Person;
  beforeEach(async () => {
    admin = await signUpAdmin(testApp);
    ada = await signUp(testApp, 'Ada');
  });

  const roleId = async (): Promise<string> => {
    const { items } = await listEvents(testApp, ada, { topics: ['SYSTEM'] });
    const event = items[0]?.event;
    return event && 'roleId' in event ? event.roleId : '';
  };

  it('is an event for everybody, as the roles are', async () => {
    await createRole(testApp, admin, support);
    const id = await roleId();
    await updateRole(testApp, admin, id, { ...support, key: 'helpers' });
    await deleteRole(testApp, admin, id);
    const { items } = await listEvents(testApp, ada, { topics: ['SYSTEM'] });
    expect(items).toMatchObject([
      { topic: 'SYSTEM', event: { change: 'CREATED', roleId: id, role: null } },
      { topic: 'SYSTEM', event: { change: 'UPDATED', roleId: id, role: null } },
      { topic: 'SYSTEM', event: { change: 'DELETED', roleId: id, role: null } },
    ]);
  });

  it('is told as it happens, with the role as it is then', async () => {
    await settle(testApp, ada);
    const stream = await followVisible(testApp, ada, { topics: ['SYSTEM'], after: start });
    await createRole(testApp, admin, support);
    expect(await nextEvents(stream, 1)).toMatchObject([
      { event: { __typename: 'RoleChanged', change: 'CREATED', role: { key: 'support' } } },
    ]);
    await stream.leave();
  });

  it('is none where it was refused', async () => {
    await createRole(testApp, admin, support);
    await createRole(testApp, admin, support);
    const { items } = await listEvents(testApp, ada, { topics: ['SYSTEM'] });
    expect(items).toHaveLength(1);
  });

  it('is one of the user to whom a role is given', async () => {
    await createRole(testApp, admin, support);
    await ask(testApp, GiveRole, { id: ada.id, roles: ['support'] }, admin);
    const { items } = await listEvents(testApp, ada, { topics: ['USER'] });
    expect(items.at(-1)?.event).toMatchObject({
      change: 'UPDATED',
      changedFields: ['roles', 'permissions'],
    });
  });
});
