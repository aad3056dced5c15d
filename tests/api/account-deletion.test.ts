import { beforeEach, describe, expect, it } from 'vitest';
import { createDueDeletions } from '../../src/modules/privacy/due-deletions.ts';
import { createEmptyAccount } from '../../src/modules/privacy/empty-account.ts';
import type { PrivacyJobs } from '../../src/modules/privacy/privacy.jobs.ts';
import { createCommit } from '../../src/platform/unit-of-work.ts';
import { graphql } from '../generated/index.ts';
import {
  cancelDeletion,
  deleteUser,
  runDeletionJobs,
  scheduleDeletion,
} from '../support/deletion.ts';
import { holdJobs } from '../support/held-jobs.ts';
import { allMailsWorked, mailsTo } from '../support/mails.ts';
import { type Person, signIn, signUp, signUpAdmin, suspend } from '../support/people.ts';
import { ask, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const Me = graphql(`
  query MeWithDeletion { me { status deletionDueAt version } }
`);
const Refresh = graphql(`
  mutation RefreshWhileScheduled($input: RefreshInput!) {
    refreshSession(input: $input) { __typename }
  }
`);

const daySeconds = 24 * 60 * 60;
const done = { __typename: 'Ack', ok: true };

describe('scheduleAccountDeletion', () => {
  const testApp = useTestApp();
  let ada: Person;
  beforeEach(async () => {
    ada = await signUp(testApp);
  });
  const me = async (sender = ada) => (await ask(testApp, Me, {}, sender)).me;
  const findUser = ({ userId }: Person) =>
    testApp.database.prisma.user.findUnique({ where: { id: userId } });
  /** Looks for what is due and works the jobs that this adds. */
  const sweepAndWork = async () => {
    const userIds: string[] = [];
    const enqueue = async (_transaction: unknown, name: string, data: object) => {
      if (name === 'account-emptying' && 'userId' in data) userIds.push(`${data.userId}`);
    };
    const { database, clock, logged } = testApp;
    const deletions = createDueDeletions({
      database,
      commit: createCommit<PrivacyJobs>(database, { enqueue }, { onEvents() {}, onNotice() {} }),
      clock: clock.now,
      log: logged.log,
    });
    await deletions.sweep();
    const emptyAccount = createEmptyAccount(database);
    for (const userId of userIds) await emptyAccount(userId, new AbortController().signal);
  };

  it('says when, and leaves the account as it is until then', async () => {
    const before = testApp.clock.now().getTime();
    expect(await scheduleDeletion(testApp, ada)).toEqual(done);
    const standing = await me();
    expect(standing).toMatchObject({ status: 'DELETION_SCHEDULED', version: 2 });
    const dueAt = new Date(standing?.deletionDueAt ?? '').getTime();
    expect(dueAt - before).toBeGreaterThanOrEqual(30 * daySeconds * 1000);
    expect(dueAt - before).toBeLessThan(30 * daySeconds * 1000 + 60_000);
    const again = await signIn(testApp, ada);
    expect(await me(again)).toMatchObject({ status: 'DELETION_SCHEDULED' });
    const input = { refreshToken: again.refreshToken };
    expect(await ask(testApp, Refresh, { input })).toEqual({
      refreshSession: { __typename: 'AuthPayload' },
    });
  });

  it('tells by mail when, and how to keep the account', async () => {
    await scheduleDeletion(testApp, ada, 2);
    const [mail] = await mailsTo(testApp, ada.email, 1, /will be deleted on/);
    expect(mail?.subject).toBe('Your account will be deleted');
    expect(mail?.text).toMatch(/call the deletion off/);
  });

  it('erases the account once the time has come', async () => {
    await scheduleDeletion(testApp, ada, 1);
    testApp.clock.advance(daySeconds + 1);
    await runDeletionJobs(testApp, ada);
    expect(await findUser(ada)).toBeNull();
    const { accessToken } = ada;
    expect((await send(testApp, Me, {}, { accessToken })).status).toBe(401);
    expect(await mailsTo(testApp, ada.email, 1, /as you asked/)).toHaveLength(1);
  });

  it('does nothing when its job runs too early', async () => {
    await scheduleDeletion(testApp, ada, 1);
    await runDeletionJobs(testApp, ada);
    expect(await findUser(ada)).toMatchObject({ status: 'DELETION_SCHEDULED' });
  });

  it('goes by the last call: a job that it has overtaken does nothing', async () => {
    await scheduleDeletion(testApp, ada, 1);
    await scheduleDeletion(testApp, ada, 90);
    testApp.clock.advance(2 * daySeconds);
    await runDeletionJobs(testApp, ada);
    expect(await findUser(ada)).toMatchObject({ status: 'DELETION_SCHEDULED' });
  });

  it('finds an account whose job was lost', async () => {
    await scheduleDeletion(testApp, ada, 1);
    await testApp.database.prisma.$executeRaw`
      DELETE FROM pgboss.job WHERE name = 'account-deletion'`;
    await sweepAndWork();
    expect(await findUser(ada)).not.toBeNull();
    testApp.clock.advance(daySeconds + 1);
    await sweepAndWork();
    expect(await findUser(ada)).toBeNull();
  });

  it('finds a deletion that was begun an hour ago and whose job was lost', async () => {
    const admin = await signUpAdmin(testApp);
    const release = await holdJobs(testApp, 'account-emptying');
    await deleteUser(testApp, admin, ada.id, 'ERASE');
    await release();
    await testApp.database.prisma.$executeRaw`
      DELETE FROM pgboss.job WHERE name = 'account-emptying'`;
    await sweepAndWork();
    expect(await findUser(ada)).toMatchObject({ displayName: 'Deleted user' });
    testApp.clock.advance(60 * 60);
    await sweepAndWork();
    expect(await findUser(ada)).toBeNull();
  });

  it('waits while the user is suspended', async () => {
    await scheduleDeletion(testApp, ada, 1);
    await suspend(testApp, ada);
    testApp.clock.advance(daySeconds + 1);
    await sweepAndWork();
    expect(await findUser(ada)).toMatchObject({ status: 'SUSPENDED', email: ada.email });
  });

  it('keeps its job for as long as the longest grace', async () => {
    await scheduleDeletion(testApp, ada, 90);
    const [job] = await testApp.database.prisma.$queryRaw<{ keptDays: number; waits: boolean }[]>`
      SELECT extract(day FROM keep_until - start_after)::int AS "keptDays",
        start_after > now() + interval '89 days' AS waits
      FROM pgboss.job WHERE name = 'account-deletion' AND data->>'userId' = ${ada.userId}`;
    expect(job?.waits).toBe(true);
    expect(job?.keptDays).toBeGreaterThanOrEqual(1);
  });

  it('is refused to the last administrator, who appoints another before: CONFLICT', async () => {
    const admin = await signUpAdmin(testApp);
    expect(await scheduleDeletion(testApp, admin)).toEqual({
      __typename: 'ConflictError',
      message: 'There must be an administrator left.',
    });
    expect(await me(admin)).toMatchObject({ status: 'ACTIVE', deletionDueAt: null });
    await signUpAdmin(testApp);
    expect(await scheduleDeletion(testApp, admin)).toEqual(done);
  });

  it('keeps the last administrator when the time comes, and says so in the log', async () => {
    const admin = await signUpAdmin(testApp);
    const other = await signUpAdmin(testApp);
    await scheduleDeletion(testApp, admin, 1);
    await testApp.database.prisma.userRole.deleteMany({ where: { userId: other.userId } });
    testApp.clock.advance(daySeconds + 1);
    await sweepAndWork();
    expect(await findUser(admin)).toMatchObject({ status: 'DELETION_SCHEDULED' });
    await testApp.logged.line('The account of the last administrator was not deleted, as is due.');
    await signUpAdmin(testApp);
    await sweepAndWork();
    expect(await findUser(admin)).toBeNull();
  });

  it('needs a recent proof of who one is: STEP_UP_REQUIRED', async () => {
    await testApp.database.prisma.session.update({
      where: { id: ada.sessionId },
      data: { authenticatedAt: new Date(Date.now() - 601_000) },
    });
    expect(await scheduleDeletion(testApp, ada)).toEqual({
      __typename: 'StepUpRequiredError',
      maxAgeSeconds: 600,
    });
  });

  it.each([0, -1, 91, 2 ** 31 - 1, -(2 ** 31)])(
    'refuses %i days: VALIDATION_FAILED',
    async (days) => {
      const issues = [{ path: ['graceDays'], code: expect.any(String) }];
      expect(await scheduleDeletion(testApp, ada, days)).toEqual({
        __typename: 'ValidationError',
        issues,
      });
      expect(await findUser(ada)).toMatchObject({ status: 'ACTIVE' });
    },
  );

  it('takes null for the usual 30 days', async () => {
    expect(await scheduleDeletion(testApp, ada, null)).toEqual(done);
  });

  it('can be overtaken by an administrator', async () => {
    const admin = await signUpAdmin(testApp);
    await scheduleDeletion(testApp, ada, 1);
    expect(await deleteUser(testApp, admin, ada.id)).toMatchObject(done);
    testApp.clock.advance(daySeconds + 1);
    await runDeletionJobs(testApp, ada);
    expect(await findUser(ada)).toMatchObject({ displayName: 'Deleted user' });
  });
});

describe('cancelAccountDeletion', () => {
  const testApp = useTestApp();
  let ada: Person;
  beforeEach(async () => {
    ada = await signUp(testApp);
  });

  it('keeps the account, whatever the job that waits', async () => {
    await scheduleDeletion(testApp, ada, 1);
    expect(await cancelDeletion(testApp, ada)).toEqual(done);
    testApp.clock.advance(daySeconds + 1);
    await runDeletionJobs(testApp, ada);
    const { me } = await ask(testApp, Me, {}, await signIn(testApp, ada));
    expect(me).toEqual({ status: 'ACTIVE', deletionDueAt: null, version: 3 });
  });

  it('tells by mail', async () => {
    await scheduleDeletion(testApp, ada, 1);
    await cancelDeletion(testApp, ada);
    const mails = await mailsTo(testApp, ada.email, 1, /was called off/);
    expect(mails.map(({ subject }) => subject)).toEqual(['Your account will be kept']);
    await allMailsWorked(testApp);
  });

  it('changes and tells nothing where nothing is scheduled', async () => {
    const { prisma } = testApp.database;
    const before = await prisma.auditEvent.count();
    expect(await cancelDeletion(testApp, ada)).toEqual(done);
    expect(await prisma.auditEvent.count()).toBe(before);
    expect((await ask(testApp, Me, {}, ada)).me).toMatchObject({ status: 'ACTIVE', version: 1 });
  });

  it('is remembered along with the wish', async () => {
    await scheduleDeletion(testApp, ada);
    await cancelDeletion(testApp, ada);
    const entries = await testApp.database.prisma.auditEvent.findMany({
      where: { action: { startsWith: 'user.deletion-' } },
      orderBy: { id: 'asc' },
    });
    const { userId } = ada;
    expect(entries).toEqual([
      expect.objectContaining({
        action: 'user.deletion-scheduled',
        actorId: userId,
        targetId: userId,
        metadata: { dueAt: expect.any(String) },
      }),
      expect.objectContaining({ action: 'user.deletion-cancelled', actorId: userId }),
    ]);
  });
});
