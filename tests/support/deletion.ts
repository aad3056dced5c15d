import { vi } from 'vitest';
import type { DeletionMode } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import type { Person } from './people.ts';
import { ask, type Sender } from './request.ts';
import type { TestApp } from './test-app.ts';

const DeleteUser = graphql(`
  mutation DeleteUser($id: ID!, $mode: DeletionMode!) {
    deleteUser(id: $id, mode: $mode) {
      __typename
      ... on Ack { ok }
      ... on ConflictError { message path currentVersion }
      ... on NotFoundError { id }
      ... on StepUpRequiredError { maxAgeSeconds }
    }
  }
`);

const ScheduleAccountDeletion = graphql(`
  mutation ScheduleAccountDeletion($graceDays: Int) {
    scheduleAccountDeletion(graceDays: $graceDays) {
      __typename
      ... on Ack { ok }
      ... on ConflictError { message }
      ... on StepUpRequiredError { maxAgeSeconds }
      ... on ValidationError { issues { path code } }
    }
  }
`);

const CancelAccountDeletion = graphql(`
  mutation CancelAccountDeletion {
    cancelAccountDeletion { __typename ... on Ack { ok } }
  }
`);

/** Has an administrator delete somebody; answers what came of it. */
export async function deleteUser(
  testApp: Pick<TestApp, 'app'>,
  admin: Sender,
  id: string,
  mode: DeletionMode = 'ANONYMIZE',
) {
  const { accessToken } = admin;
  return (await ask(testApp, DeleteUser, { id, mode }, { accessToken })).deleteUser;
}

/** Has somebody ask for the deletion of their own account. */
export async function scheduleDeletion(
  testApp: Pick<TestApp, 'app'>,
  sender: Sender,
  graceDays?: number | null,
) {
  const variables = graceDays === undefined ? {} : { graceDays };
  return (await ask(testApp, ScheduleAccountDeletion, variables, sender)).scheduleAccountDeletion;
}

/** Has somebody call it off. */
export async function cancelDeletion(testApp: Pick<TestApp, 'app'>, sender: Sender) {
  return (await ask(testApp, CancelAccountDeletion, {}, sender)).cancelAccountDeletion;
}

/** Lets the jobs that delete somebody and what is left run now, without changing when the deletion is due. */
export async function runDeletionJobs({ database }: TestApp, { userId }: Person): Promise<void> {
  await database.prisma.$executeRaw`
    UPDATE pgboss.job SET start_after = now()
    WHERE name IN ('account-deletion', 'account-emptying') AND data->>'userId' = ${userId}`;
  await vi.waitUntil(async () => (await countOpenJobs(database, userId)) === 0, {
    interval: 20,
    timeout: 20_000,
  });
}

async function countOpenJobs({ prisma }: TestApp['database'], userId: string): Promise<number> {
  const [open] = await prisma.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM pgboss.job
    WHERE name IN ('account-deletion', 'account-emptying') AND data->>'userId' = ${userId} AND state < 'completed'`;
  return open?.count ?? 0;
}
