import { randomUUID } from 'node:crypto';
import { graphql } from '../generated/index.ts';
import { type AtomicMutation, call, describeAtomicMutations } from '../support/atomic-mutations.ts';
import { mailedToken } from '../support/mails.ts';
import { signIn, signUp, signUpAdmin, suspend } from '../support/people.ts';

const CreateUser = graphql(`
  mutation AtomicCreateUser($input: CreateUserInput!) {
    createUser(input: $input) { __typename ... on User { id } }
  }
`);
const UpdateUser = graphql(`
  mutation AtomicUpdateUser($id: ID!, $input: UpdateUserInput!) {
    updateUser(id: $id, input: $input) { __typename ... on User { id } }
  }
`);
const SuspendUser = graphql(`
  mutation AtomicSuspendUser($id: ID!, $reason: String!, $until: DateTime) {
    suspendUser(id: $id, reason: $reason, until: $until) { __typename ... on User { id } }
  }
`);
const RestoreUser = graphql(`
  mutation AtomicRestoreUser($id: ID!) {
    restoreUser(id: $id) { __typename ... on User { id } }
  }
`);
const UnlockUser = graphql(`
  mutation AtomicUnlockUser($id: ID!) {
    unlockUser(id: $id) { __typename ... on User { id } }
  }
`);
const RevokeUserSessions = graphql(`
  mutation AtomicRevokeUserSessions($userId: ID!) {
    revokeUserSessions(userId: $userId) { __typename }
  }
`);
const AcceptInvite = graphql(`
  mutation AtomicAcceptInvite($input: ResetPasswordInput!) {
    resetPassword(input: $input) { __typename }
  }
`);

const anyone = () => `${randomUUID()}@example.com`;
const newUser = () => ({ email: anyone(), displayName: 'Grace' });
const until = '2999-01-01T00:00:00Z';

const mutations: Record<string, AtomicMutation> = {
  'createUser with roles and a key': {
    member: 'User',
    arrange: async (testApp) => {
      const input = { ...newUser(), roles: ['admin'], idempotencyKey: randomUUID() };
      return call(testApp)(CreateUser, { input }, await signUpAdmin(testApp));
    },
  },
  'updateUser with everything': {
    member: 'User',
    arrange: async (testApp) => {
      const { id } = await signUp(testApp);
      const input = { displayName: 'Augusta', email: anyone(), roles: ['admin'], locale: 'de' };
      return call(testApp)(UpdateUser, { id, input }, await signUpAdmin(testApp));
    },
  },
  suspendUser: {
    member: 'User',
    arrange: async (testApp) => {
      const ada = await signUp(testApp);
      await signIn(testApp, ada);
      const variables = { id: ada.id, reason: 'x', until };
      return call(testApp)(SuspendUser, variables, await signUpAdmin(testApp));
    },
  },
  restoreUser: {
    member: 'User',
    arrange: async (testApp) => {
      const ada = await signUp(testApp);
      await suspend(testApp, ada);
      return call(testApp)(RestoreUser, { id: ada.id }, await signUpAdmin(testApp));
    },
  },
  unlockUser: {
    member: 'User',
    arrange: async (testApp) => {
      const { id } = await signUp(testApp);
      return call(testApp)(UnlockUser, { id }, await signUpAdmin(testApp));
    },
  },
  revokeUserSessions: {
    member: 'RevokedSessions',
    arrange: async (testApp) => {
      const { id: userId } = await signUp(testApp);
      return call(testApp)(RevokeUserSessions, { userId }, await signUpAdmin(testApp));
    },
  },
  'resetPassword with an invitation': {
    member: 'Ack',
    arrange: async (testApp) => {
      const input = newUser();
      await call(testApp)(CreateUser, { input }, await signUpAdmin(testApp))();
      const token = await mailedToken(testApp, input.email, 'accept-invite');
      const newPassword = 'nine otters under the pier';
      return call(testApp)(AcceptInvite, { input: { token, newPassword } });
    },
  },
};

describeAtomicMutations(mutations);
