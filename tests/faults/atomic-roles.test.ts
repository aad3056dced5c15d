import { randomUUID } from 'node:crypto';
import { type AtomicMutation, call, describeAtomicMutations } from '../support/atomic-mutations.ts';
import { signUpAdmin } from '../support/people.ts';
import { CreateRole, DeleteRole, placeRole, UpdateRole } from '../support/roles.ts';
import type { TestApp } from '../support/test-app.ts';

const fields = () => ({ key: `x-${randomUUID()}`, permissions: ['users:read'] });
const place = (testApp: TestApp) => placeRole(testApp, `x-${randomUUID()}`, ['audit:read']);

const mutations: Record<string, AtomicMutation> = {
  createRole: {
    member: 'Role',
    arrange: async (testApp) =>
      call(testApp)(CreateRole, { input: fields() }, await signUpAdmin(testApp)),
  },
  updateRole: {
    member: 'Role',
    arrange: async (testApp) => {
      const variables = { id: await place(testApp), input: fields() };
      return call(testApp)(UpdateRole, variables, await signUpAdmin(testApp));
    },
  },
  deleteRole: {
    member: 'Ack',
    arrange: async (testApp) =>
      call(testApp)(DeleteRole, { id: await place(testApp) }, await signUpAdmin(testApp)),
  },
};

describeAtomicMutations(mutations);
