import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEmptyAccount } from '../../src/modules/privacy/empty-account.ts';
import type { DeletionMode } from '../generated/graphql.ts';
import { deleteUser } from '../support/deletion.ts';
import { holdJobs } from '../support/held-jobs.ts';
import { allMailsWorked } from '../support/mails.ts';
import { block, broadcast, write } from '../support/messages.ts';
import { type Person, signUp, signUpAdmin } from '../support/people.ts';
import { type StatementWatch, watchStatements } from '../support/statements.ts';
import { useTestApp } from '../support/test-app.ts';

const { signal } = new AbortController();

describe('what removes the rest of a deleted account', { timeout: 240_000 }, () => {
  const testApp = useTestApp();
  let watch: StatementWatch;
  beforeAll(() => {
    watch = watchStatements(testApp.database);
  });
  let admin: Person;
  let bob: Person;
  beforeEach(async () => {
    await holdJobs(testApp, 'account-emptying');
    admin = await signUpAdmin(testApp);
    bob = await signUp(testApp, 'Bob');
  });

  /** Deletes somebody whose rest is yet to be removed; answers who it was. */
  async function arrange(mode: DeletionMode): Promise<string> {
    const ada = await signUpAdmin(testApp);
    await write(testApp, ada, bob, 'from Ada');
    await write(testApp, bob, ada, 'to Ada');
    await broadcast(testApp, ada, { channel: 'broadcast', body: 'to all' });
    await block(testApp, ada, bob);
    await deleteUser(testApp, admin, ada.id, mode);
    await allMailsWorked(testApp);
    return ada.userId;
  }

  /** Counts what there still is of a user, by table. */
  async function leftOf(userId: string) {
    const { message, userBlock, session, auditOrigin, accountRemoval, user } =
      testApp.database.prisma;
    return {
      received: await message.count({ where: { recipientId: userId } }),
      sent: await message.count({ where: { senderId: userId } }),
      blocks: await userBlock.count({ where: { blockerId: userId } }),
      sessions: await session.count({ where: { userId } }),
      origins: await auditOrigin.count({ where: { event: { actorId: userId } } }),
      removals: await accountRemoval.count({ where: { userId } }),
      users: await user.count({ where: { id: userId } }),
    };
  }

  const nothing = { received: 0, sent: 0, blocks: 0, sessions: 0, origins: 0, removals: 0 };

  it.each<DeletionMode>(['ANONYMIZE', 'ERASE'])(
    'goes on wherever it was broken off, and leaves alone what is done, in %s',
    async (mode) => {
      const emptyAccount = createEmptyAccount(testApp.database);
      const users = mode === 'ERASE' ? 0 : 1;
      const whole = await arrange(mode);
      expect(await leftOf(whole)).toMatchObject({ received: 1, sent: 2, blocks: 1, removals: 1 });
      const { sent } = await watch.record(() => emptyAccount(whole, signal));
      expect(await leftOf(whole)).toEqual({ ...nothing, users });
      expect((await watch.record(() => emptyAccount(whole, signal))).sent).toHaveLength(1);
      for (const [index, sql] of sent.entries()) {
        // PGlite is not sent this one: it begins by itself.
        if (sql === 'BEGIN' && testApp.database.driver.kind === 'embedded') continue;
        const userId = await arrange(mode);
        const { failed } = await watch.record(
          () => emptyAccount(userId, signal).catch(() => 'broken off'),
          { failing: index + 1 },
        );
        expect(failed).toBe(sql);
        await emptyAccount(userId, signal);
        expect(await leftOf(userId)).toEqual({ ...nothing, users });
      }
    },
  );

  it('stops between two batches when it is told to', async () => {
    const userId = await arrange('ERASE');
    const before = await leftOf(userId);
    await expect(
      createEmptyAccount(testApp.database)(userId, AbortSignal.abort()),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(await leftOf(userId)).toEqual(before);
  });
});
