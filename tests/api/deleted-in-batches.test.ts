import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { batchSize } from '../../src/modules/privacy/in-batches.ts';
import type { DeletionMode } from '../generated/graphql.ts';
import { deleteUser, runDeletionJobs } from '../support/deletion.ts';
import { holdJobs } from '../support/held-jobs.ts';
import { type Person, signUp, signUpAdmin } from '../support/people.ts';
import { type TestApp, useTestApp } from '../support/test-app.ts';

const tables = ['message', 'user_block', 'session', 'audit_origin'];
const many = 2 * batchSize + 100;

/** Has the database note how many rows each transaction changes or removes, of each table. */
async function noteTouches({ prisma }: TestApp['database']): Promise<void> {
  await prisma.$executeRaw`CREATE TABLE pgboss.touch (transaction bigint, of text, rows int)`;
  await prisma.$executeRaw`
    CREATE FUNCTION note_touch() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO pgboss.touch SELECT txid_current(), TG_TABLE_NAME, count(*) FROM touched;
      RETURN NULL;
    END $$`;
  for (const table of tables) {
    for (const event of ['UPDATE', 'DELETE']) {
      await prisma.$executeRawUnsafe(`
        CREATE TRIGGER "note_${event}" AFTER ${event} ON "${table}"
          REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION note_touch()`);
    }
  }
}

/** Makes rows of each kind of which somebody may have any number. */
async function makeMany({ database: { prisma } }: TestApp, ada: Person, bob: Person) {
  const numbers = Array.from({ length: many }, (_, number) => number);
  await prisma.message.createMany({
    data: numbers.map((number) => {
      const ends = [ada.userId, bob.userId] as const;
      const [senderId, recipientId] = number % 2 === 0 ? ends : ends.toReversed();
      const withheld = number % 5 === 0;
      return { senderId, recipientId, withheld, conversation: 'x', body: `${number}` };
    }),
  });
  const strangers = numbers.map((number) => ({ id: randomUUID(), email: `${number}@example.com` }));
  await prisma.user.createMany({ data: strangers.map((user) => ({ ...user, displayName: 'x' })) });
  await prisma.userBlock.createMany({
    data: strangers.map(({ id }, number) => {
      const [blockerId, blockedId] = number % 2 === 0 ? [ada.userId, id] : [id, ada.userId];
      return { blockerId, blockedId };
    }),
  });
  const session = await prisma.session.findUniqueOrThrow({ where: { id: ada.sessionId } });
  const revokedAt = new Date();
  await prisma.session.createMany({
    data: numbers.map(() => ({ ...session, id: randomUUID(), revokedAt })),
  });
  const acts = numbers.map((number) => ({
    id: randomUUID(),
    action: 'session.refreshed',
    actorId: number % 2 === 0 ? ada.userId : null,
    targetId: ada.userId,
    requestId: 'test',
  }));
  await prisma.auditEvent.createMany({ data: acts });
  await prisma.auditOrigin.createMany({
    data: acts.map(({ id }) => ({ auditEventId: id, ipAddress: '198.51.100.77' })),
  });
}

describe('of an account with more rows than a transaction may remove', { timeout: 120_000 }, () => {
  const testApp = useTestApp();
  let isNoting = false;
  beforeEach(async () => {
    await holdJobs(testApp, 'account-emptying');
    if (!isNoting) await noteTouches(testApp.database);
    isNoting = true;
    await testApp.database.prisma.$executeRaw`TRUNCATE pgboss.touch`;
  });

  it.each<DeletionMode>(['ANONYMIZE', 'ERASE'])(
    'all go, a batch at a time, by %s',
    async (mode) => {
      const { prisma } = testApp.database;
      const admin = await signUpAdmin(testApp);
      const [ada, bob] = [await signUp(testApp, 'Ada'), await signUp(testApp, 'Bob')];
      await makeMany(testApp, ada, bob);
      expect(await deleteUser(testApp, admin, ada.id, mode)).toMatchObject({ __typename: 'Ack' });
      await runDeletionJobs(testApp, ada);

      const touches = await prisma.$queryRaw<{ of: string; most: number; all: number }[]>`
      SELECT of, max(rows)::int AS most, sum(rows)::int AS all
      FROM (SELECT of, sum(rows) AS rows FROM pgboss.touch GROUP BY of, transaction) touch
      GROUP BY of`;
      expect(touches.map(({ of }) => of).sort()).toEqual(tables.toSorted());
      for (const { most, all } of touches) {
        // Besides, from where they once signed up.
        expect(most).toBeLessThanOrEqual(batchSize + 5);
        expect(all).toBeGreaterThanOrEqual(many);
      }
      const of = { OR: [{ senderId: ada.userId }, { recipientId: ada.userId }] };
      expect(await prisma.message.count({ where: of })).toBe(0);
      // What Bob wrote goes, and what he was kept from.
      const kept = Array.from({ length: many }, (_, number) => number);
      const letters = kept.filter((number) => number % 2 === 0 && number % 5 !== 0).length;
      expect(await prisma.message.count()).toBe(mode === 'ERASE' ? 0 : letters);
      expect(await prisma.userBlock.count()).toBe(0);
      expect(await prisma.session.count({ where: { userId: ada.userId } })).toBe(0);
      expect(await prisma.auditOrigin.count({ where: { ipAddress: '198.51.100.77' } })).toBe(0);
      expect(await prisma.user.count({ where: { id: ada.userId } })).toBe(mode === 'ERASE' ? 0 : 1);
      expect(await prisma.accountRemoval.count()).toBe(0);
    },
  );
});
