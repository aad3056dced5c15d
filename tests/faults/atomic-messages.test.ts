import { graphql } from '../generated/index.ts';
import { type AtomicMutation, call, describeAtomicMutations } from '../support/atomic-mutations.ts';
import { block, write } from '../support/messages.ts';
import { signUp, signUpAdmin } from '../support/people.ts';
import type { TestApp } from '../support/test-app.ts';

const Send = graphql(`
  mutation AtomicSendMessage($input: MessageInput!) {
    sendMessage(input: $input) { __typename ... on Message { body } }
  }
`);
const Broadcast = graphql(`
  mutation AtomicBroadcast($input: MessageInput!) {
    broadcast(input: $input) { __typename ... on Message { body } }
  }
`);
const MarkRead = graphql(`
  mutation AtomicMarkMessagesRead($ids: [ID!]!) { markMessagesRead(ids: $ids) { __typename } }
`);
const Block = graphql(`
  mutation AtomicBlockUser($id: ID!) { blockUser(id: $id) { __typename } }
`);
const Unblock = graphql(`
  mutation AtomicUnblockUser($id: ID!) { unblockUser(id: $id) { __typename } }
`);

const pair = async (testApp: TestApp) =>
  [await signUp(testApp, 'Ada'), await signUp(testApp, 'Bob')] as const;

const mutations: Record<string, AtomicMutation> = {
  sendMessage: {
    member: 'Message',
    arrange: async (testApp) => {
      const [{ accessToken }, bob] = await pair(testApp);
      const input = { recipientId: bob.id, body: 'Hello', idempotencyKey: 'first' };
      return call(testApp)(Send, { input }, { accessToken });
    },
  },
  broadcast: {
    member: 'Message',
    arrange: async (testApp) => {
      const { accessToken } = await signUpAdmin(testApp);
      const input = { channel: 'role:user', body: 'Hello', idempotencyKey: 'first' };
      return call(testApp)(Broadcast, { input }, { accessToken });
    },
  },
  markMessagesRead: {
    member: 'Ack',
    arrange: async (testApp) => {
      const [ada, bob] = await pair(testApp);
      const ids = [await write(testApp, ada, bob, '1'), await write(testApp, ada, bob, '2')];
      return call(testApp)(MarkRead, { ids }, { accessToken: bob.accessToken });
    },
  },
  blockUser: {
    member: 'Ack',
    arrange: async (testApp) => {
      const [{ accessToken }, bob] = await pair(testApp);
      return call(testApp)(Block, { id: bob.id }, { accessToken });
    },
  },
  unblockUser: {
    member: 'Ack',
    arrange: async (testApp) => {
      const [ada, bob] = await pair(testApp);
      await block(testApp, ada, bob);
      return call(testApp)(Unblock, { id: bob.id }, { accessToken: ada.accessToken });
    },
  },
};

describeAtomicMutations(mutations);
