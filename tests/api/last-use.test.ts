import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createLastUse, type LastUse } from '../../src/modules/session/last-use.ts';
import { graphql } from '../generated/index.ts';
import { captureLog } from '../support/captured-log.ts';
import { type Person, signIn, signUp } from '../support/people.ts';
import { ask } from '../support/request.ts';
import { watchStatements } from '../support/statements.ts';
import { startTestApp, useTestApp } from '../support/test-app.ts';
import { followUser, nextItem, rename } from '../support/user-stream.ts';

const Me = graphql(`
  query LastUseMe { me { id } }
`);

const testApp = useTestApp();
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

let nowMs: number;
let lastUse: LastUse;
let logged: ReturnType<typeof captureLog>;
let ada: Person;
beforeEach(async () => {
  nowMs = 1_000_000;
  logged = captureLog();
  lastUse = createLastUse(testApp.database, logged.log, () => nowMs);
  ada = await signUp(testApp);
});

const lastUsedAt = async ({ sessionId }: Person) => {
  const where = { id: sessionId };
  return (await testApp.database.prisma.session.findUniqueOrThrow({ where })).lastUsedAt;
};
const accountOf = ({ userId }: Person) =>
  testApp.database.prisma.user.findUniqueOrThrow({ where: { id: userId } });
const setLastUse = (date: Date) =>
  testApp.database.prisma.session.updateMany({ data: { lastUsedAt: date } });

describe('when a session was last used', () => {
  it('is written for all sessions in one statement, as long ago as it was', async () => {
    const phone = await signIn(testApp, ada);
    await setLastUse(minutesAgo(60));
    lastUse.note(ada.sessionId);
    nowMs += 30_000;
    lastUse.note(phone.sessionId);
    lastUse.note(randomUUID());
    nowMs += 30_000;
    const { sent } = await watchStatements(testApp.database).record(() => lastUse.write());
    expect(sent).toHaveLength(1);
    const [early, late] = [await lastUsedAt(ada), await lastUsedAt(phone)];
    expect(late.getTime() - early.getTime()).toBe(30_000);
    expect(early.getTime()).toBeGreaterThan(minutesAgo(2).getTime());
  });

  it('is written once, at the latest when the instance stops', async () => {
    await setLastUse(minutesAgo(60));
    lastUse.note(ada.sessionId);
    await lastUse.close();
    const written = await lastUsedAt(ada);
    expect(written.getTime()).toBeGreaterThan(minutesAgo(2).getTime());
    nowMs += 60_000;
    await lastUse.write();
    expect(await lastUsedAt(ada)).toEqual(written);
  });

  it('never moves back', async () => {
    const later = new Date(Date.now() + 60_000);
    await setLastUse(later);
    lastUse.note(ada.sessionId);
    await lastUse.write();
    expect(await lastUsedAt(ada)).toEqual(later);
  });

  it.each(['revokedAt', 'expiresAt', 'idleExpiresAt'])(
    'is left as it was once the session has ended by %s',
    async (column) => {
      const before = minutesAgo(60);
      await testApp.database.prisma.session.updateMany({
        data: { lastUsedAt: before, [column]: minutesAgo(1) },
      });
      lastUse.note(ada.sessionId);
      await lastUse.write();
      expect(await lastUsedAt(ada)).toEqual(before);
    },
  );

  it('is when its user was last seen, which changes nothing else of the account', async () => {
    const grace = await signUp(testApp);
    const phone = await signIn(testApp, ada);
    const before = await accountOf(ada);
    await setLastUse(minutesAgo(60));
    lastUse.note(phone.sessionId);
    nowMs += 30_000;
    lastUse.note(ada.sessionId);
    const { sent } = await watchStatements(testApp.database).record(() => lastUse.write());
    expect(sent).toHaveLength(1);
    const { lastSeenAt, ...account } = await accountOf(ada);
    expect({ ...account, lastSeenAt: before.lastSeenAt }).toEqual(before);
    expect(lastSeenAt).toEqual(await lastUsedAt(ada));
    expect((await accountOf(grace)).lastSeenAt).toEqual(new Date(0));
  });

  it('moves back when its user was last seen as little', async () => {
    const { prisma } = testApp.database;
    const later = new Date(Date.now() + 60_000);
    await prisma.user.updateMany({ data: { lastSeenAt: later } });
    lastUse.note(ada.sessionId);
    await lastUse.write();
    expect((await accountOf(ada)).lastSeenAt).toEqual(later);
  });

  it('is written later when the database does not take it', async () => {
    const { prisma } = testApp.database;
    await setLastUse(minutesAgo(60));
    lastUse.note(ada.sessionId);
    await prisma.$executeRaw`ALTER TABLE session RENAME TO session_away`;
    await lastUse.write();
    await prisma.$executeRaw`ALTER TABLE session_away RENAME TO session`;
    expect(logged.lines).toMatchObject([{ msg: 'When sessions were used could not be written.' }]);
    await lastUse.write();
    expect((await lastUsedAt(ada)).getTime()).toBeGreaterThan(minutesAgo(2).getTime());
  });

  it('counts what somebody does, and is written when the instance stops', async () => {
    const instance = await startTestApp({}, async () => ({
      ...testApp.database,
      close: async () => {},
    }));
    await setLastUse(minutesAgo(60));
    await ask(instance, Me, {}, { accessToken: ada.accessToken });
    expect((await lastUsedAt(ada)).getTime()).toBeLessThan(minutesAgo(59).getTime());
    await instance.stop();
    expect((await lastUsedAt(ada)).getTime()).toBeGreaterThan(minutesAgo(2).getTime());
  });

  it('counts nothing that somebody is told', async () => {
    const instance = await startTestApp({}, async () => ({
      ...testApp.database,
      close: async () => {},
    }));
    const listener = await signIn(instance, ada);
    const listening = await followUser(instance, ada.id, listener);
    await nextItem(listening);
    await rename(instance, ada, 'Ada King');
    await nextItem(listening);
    await listening.leave();
    await instance.stop();
    // When it began to listen, and not when it was told.
    expect((await lastUsedAt(listener)).getTime()).toBeLessThan((await lastUsedAt(ada)).getTime());
  });
});
