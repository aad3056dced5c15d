import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeletionMode } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import {
  cancelDeletion,
  deleteUser,
  runDeletionJobs,
  scheduleDeletion,
} from '../support/deletion.ts';
import { openTestDatabase } from '../support/migrated-database.ts';
import { anyAddress, type Person, signUp, signUpAdmin } from '../support/people.ts';
import { lease } from '../support/presence.ts';
import { untilWaiting } from '../support/race.ts';
import { createRandom } from '../support/random.ts';
import { send } from '../support/request.ts';
import { startTestApp, type TestApp, useTestApp } from '../support/test-app.ts';

const SignIn = graphql(`
  mutation DeletionRacesSignIn($input: SignInInput!) { signIn(input: $input) { __typename } }
`);
const Update = graphql(`
  mutation DeletionRacesUpdate($input: UpdateProfileInput!) {
    updateProfile(input: $input) { __typename }
  }
`);
const RequestExport = graphql(`
  mutation DeletionRacesExport { requestDataExport { __typename } }
`);

const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);
const random = createRandom(seed);
const rounds = 8;
const modes: DeletionMode[] = ['ANONYMIZE', 'ERASE'];

describe(`what deletes accounts at the same moment (TEST_SEED=${seed})`, {
  timeout: 60_000,
}, () => {
  const testApp = useTestApp();
  let admin: Person;
  beforeEach(async () => {
    if (testApp.database.driver.kind !== 'postgres') throw new Error('It needs PostgreSQL.');
    admin = await signUpAdmin(testApp);
  });

  /** Has several begin while the account is held, and lets them go at once. */
  async function race(person: Person, runs: (() => Promise<unknown>)[]): Promise<void> {
    let done = 0;
    let all: Promise<unknown> | undefined;
    await testApp.database.prisma.$transaction(async (transaction) => {
      await transaction.$queryRaw`
        SELECT id FROM "user" WHERE id = ${person.userId}::uuid FOR UPDATE`;
      all = Promise.all(
        runs.map(async (run) => {
          await setTimeout(Math.floor(random() * 10));
          return run().finally(() => done++);
        }),
      );
      all.catch(() => {});
      await untilWaiting(testApp, (waiting) => waiting + done >= runs.length);
    });
    await all;
  }

  const runningSessions = ({ userId }: Person) =>
    testApp.database.prisma.session.count({ where: { userId } });

  it.each(modes)(
    'leave no session and no name behind, whatever comes along with %s',
    async (mode) => {
      for (let round = 0; round < rounds; round++) {
        const ada = await signUp(testApp);
        const { email, password, accessToken } = ada;
        const anywhere = { ipAddress: anyAddress(), accessToken };
        const statuses: unknown[] = [];
        const note = async (answer: ReturnType<typeof send>) => {
          const { status, body } = await answer;
          statuses.push(
            body.errors?.map(({ extensions }) => extensions?.code),
            status,
          );
        };
        await race(ada, [
          () => deleteUser(testApp, admin, ada.id, mode),
          () =>
            note(
              send(testApp, SignIn, { input: { email, password } }, { ipAddress: anyAddress() }),
            ),
          () => note(send(testApp, Update, { input: { displayName: 'Eve Left' } }, anywhere)),
          () => note(send(testApp, RequestExport, {}, anywhere)),
        ]);
        expect(statuses.flat()).not.toContain('INTERNAL_SERVER_ERROR');
        await runDeletionJobs(testApp, ada);
        expect(await runningSessions(ada)).toBe(0);
        const left = await testApp.database.prisma.user.findUnique({ where: { id: ada.userId } });
        if (mode === 'ERASE') expect(left).toBeNull();
        else
          expect(left).toMatchObject({ displayName: 'Deleted user', deletedAt: expect.any(Date) });
        expect(await testApp.database.prisma.dataExport.count()).toBe(0);
      }
    },
  );

  it.each(modes)(
    'wait for no instance that renews the leases of the user, with %s',
    async (mode) => {
      const ada = await signUp(testApp);
      await lease(testApp.database, ada.userId);
      await testApp.database.prisma.$transaction(async (transaction) => {
        await transaction.connectionLease.updateMany({ data: { expiresAt: new Date() } });
        expect(await deleteUser(testApp, admin, ada.id, mode)).toMatchObject({ __typename: 'Ack' });
      });
    },
  );

  it('delete by a job or keep by a call, never half', async () => {
    for (let round = 0; round < rounds; round++) {
      const ada = await signUp(testApp);
      await scheduleDeletion(testApp, ada, 1);
      await testApp.database.prisma.user.update({
        where: { id: ada.userId },
        data: { deletionDueAt: new Date(Date.now() - 1000) },
      });
      const answers: unknown[] = [];
      await race(ada, [
        async () => void answers.push(await cancelDeletion(testApp, ada).catch(() => 'refused')),
        async () => {
          await testApp.database.prisma.$executeRaw`
            UPDATE pgboss.job SET start_after = now()
            WHERE name = 'account-deletion' AND data->>'userId' = ${ada.userId}`;
        },
      ]);
      await vi.waitUntil(async () => (await openDeletions(testApp, ada)) === 0, {
        interval: 20,
        timeout: 20_000,
      });
      const left = await testApp.database.prisma.user.findUnique({ where: { id: ada.userId } });
      if (answers[0] === 'refused') expect(left).toBeNull();
      else expect(left).toMatchObject({ status: 'ACTIVE', deletionDueAt: null });
    }
  });

  it('let one of two administrators go who both want to', async () => {
    for (let round = 0; round < rounds; round++) {
      await testApp.database.prisma.userRole.deleteMany({ where: { role: { key: 'admin' } } });
      const [one, other] = [await signUpAdmin(testApp), await signUpAdmin(testApp)];
      const answers = await Promise.all(
        [one, other].map((person) => scheduleDeletion(testApp, person, 1)),
      );
      expect(answers.map((answer) => answer?.__typename).sort()).toEqual(['Ack', 'ConflictError']);
    }
  });

  it('let one of two administrators delete the other who both want to', async () => {
    for (let round = 0; round < rounds; round++) {
      await testApp.database.prisma.userRole.deleteMany({ where: { role: { key: 'admin' } } });
      const [one, other] = [await signUpAdmin(testApp), await signUpAdmin(testApp)];
      await Promise.allSettled([
        deleteUser(testApp, one, other.id, 'ERASE'),
        deleteUser(testApp, other, one.id, 'ERASE'),
      ]);
      const left = await testApp.database.prisma.user.count({
        where: { id: { in: [one.userId, other.userId] }, deletedAt: null },
      });
      expect(left).toBe(1);
    }
  });
});

describe('a deletion that waits while the server stops', { timeout: 60_000 }, () => {
  it('is carried out after the next start', async () => {
    const database = await openTestDatabase();
    const kept = { ...database, close: async () => {} };
    const before = await startTestApp({}, async () => kept);
    const ada = await signUp(before);
    await scheduleDeletion(before, ada, 1);
    await before.stop();
    const due = new Date(Date.now() - 1000);
    await database.prisma.user.update({ where: { id: ada.userId }, data: { deletionDueAt: due } });
    await database.prisma.$executeRaw`
      UPDATE pgboss.job SET start_after = now() WHERE name = 'account-deletion'`;
    const after = await startTestApp({}, async () => database);
    await vi.waitUntil(
      async () => (await database.prisma.user.count({ where: { id: ada.userId } })) === 0,
      { interval: 20, timeout: 20_000 },
    );
    await after.stop();
  });
});

async function openDeletions({ database }: TestApp, { userId }: Person): Promise<number> {
  const [open] = await database.prisma.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM pgboss.job
    WHERE name LIKE 'account-%' AND data->>'userId' = ${userId} AND state < 'completed'`;
  return open?.count ?? 0;
}
