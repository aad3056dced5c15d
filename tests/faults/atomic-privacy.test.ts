import { graphql } from '../generated/index.ts';
import { type AtomicMutation, call, describeAtomicMutations } from '../support/atomic-mutations.ts';
import { scheduleDeletion } from '../support/deletion.ts';
import { holdJobs } from '../support/held-jobs.ts';
import { signUp, signUpAdmin } from '../support/people.ts';
import type { TestApp } from '../support/test-app.ts';

const DeleteUser = graphql(`
  mutation AtomicDeleteUser($id: ID!, $mode: DeletionMode!) {
    deleteUser(id: $id, mode: $mode) { __typename }
  }
`);
const Schedule = graphql(`
  mutation AtomicScheduleAccountDeletion { scheduleAccountDeletion(graceDays: 7) { __typename } }
`);
const Cancel = graphql(`
  mutation AtomicCancelAccountDeletion { cancelAccountDeletion { __typename } }
`);
const RequestExport = graphql(`
  mutation AtomicRequestDataExport { requestDataExport { __typename ... on DataExport { id } } }
`);

// What the jobs change might be taken for the mutation's: they are held.
const deletion = (mode: 'ANONYMIZE' | 'ERASE') => async (testApp: TestApp) => {
  await holdJobs(testApp, 'account-emptying');
  const { accessToken } = await signUpAdmin(testApp);
  const { id } = await signUp(testApp);
  return call(testApp)(DeleteUser, { id, mode }, { accessToken });
};

const mutations: Record<string, AtomicMutation> = {
  'deleteUser, anonymising': { member: 'Ack', arrange: deletion('ANONYMIZE') },
  'deleteUser, erasing': { member: 'Ack', arrange: deletion('ERASE') },
  scheduleAccountDeletion: {
    member: 'Ack',
    arrange: async (testApp) => {
      const { accessToken } = await signUp(testApp);
      return call(testApp)(Schedule, {}, { accessToken });
    },
  },
  cancelAccountDeletion: {
    member: 'Ack',
    arrange: async (testApp) => {
      const { accessToken } = await signUp(testApp);
      await scheduleDeletion(testApp, { accessToken });
      return call(testApp)(Cancel, {}, { accessToken });
    },
  },
  requestDataExport: {
    member: 'DataExport',
    arrange: async (testApp) => {
      await holdJobs(testApp, 'data-export');
      const { accessToken } = await signUp(testApp);
      return call(testApp)(RequestExport, {}, { accessToken });
    },
  },
};

describeAtomicMutations(mutations);
