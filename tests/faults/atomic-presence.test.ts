import { graphql } from '../generated/index.ts';
import { type AtomicMutation, call, describeAtomicMutations } from '../support/atomic-mutations.ts';
import { signUp } from '../support/people.ts';
import { connect } from '../support/presence.ts';

const SetPresence = graphql(`
  mutation AtomicSetPresence($status: PresenceStatus!) {
    setPresence(status: $status) { __typename ... on Ack { ok } }
  }
`);

const mutations: Record<string, AtomicMutation> = {
  setPresence: {
    member: 'Ack',
    arrange: async (testApp) => {
      const person = await signUp(testApp);
      await connect(testApp, person);
      return call(testApp)(SetPresence, { status: 'AWAY' }, person);
    },
  },
  'setPresence for the first time': {
    member: 'Ack',
    arrange: async (testApp) => {
      const person = await signUp(testApp);
      return call(testApp)(SetPresence, { status: 'AWAY' }, person);
    },
  },
};

describeAtomicMutations(mutations);
