import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSessionCache, type SessionCache } from '../../src/modules/session/session-cache.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { type Person, signIn, signUp } from '../support/people.ts';
import { useTestApp } from '../support/test-app.ts';

const testApp = useTestApp();

let nowMs: number;
let connection: { lost(): void; made(): void; tell(payload: string): void };
let cache: SessionCache;
let ada: Person;
beforeEach(async () => {
  ada = await signUp(testApp);
  nowMs = 1_000_000;
  cache = createSessionCache(watched(testApp.database), () => nowMs);
  await cache.start();
});
afterEach(() => cache.close());

/** Lets the test say what the connection for notices goes through. */
function watched({ prisma }: Database): Pick<Database, 'prisma' | 'listen'> {
  return {
    prisma,
    async listen(_channel, onNotice, onReconnect, onLost = () => expect.unreachable()) {
      connection = { lost: onLost, made: onReconnect, tell: onNotice };
      onReconnect();
      return { close: async () => {} };
    },
  };
}

const isSignedIn = async ({ sessionId }: Person) => (await cache.findViewer(sessionId)) !== null;

/** Ends all sessions, and tells nobody. */
const endSilently = () =>
  testApp.database.prisma.session.updateMany({ data: { revokedAt: new Date() } });

const setEnd = (column: 'expires_at' | 'idle_expires_at', seconds: number) =>
  testApp.database.prisma.$executeRawUnsafe(
    `UPDATE session SET ${column} = statement_timestamp() + interval '${seconds} seconds'`,
  );

describe('what is known of a session', () => {
  it.each([
    ['heard', 5_000, () => {}],
    ['not heard', 1_000, () => connection.lost()],
  ])('is at most so old while notices are %s', async (_title, maxAgeMs, arrange) => {
    arrange();
    expect(await isSignedIn(ada)).toBe(true);
    await endSilently();
    nowMs += maxAgeMs - 1;
    expect(await isSignedIn(ada)).toBe(true);
    nowMs += 1;
    expect(await isSignedIn(ada)).toBe(false);
  });

  it('is too old at once when it was read long before the notices stopped', async () => {
    expect(await isSignedIn(ada)).toBe(true);
    await endSilently();
    nowMs += 1_000;
    expect(await isSignedIn(ada)).toBe(true);
    connection.lost();
    expect(await isSignedIn(ada)).toBe(false);
  });

  it('is forgotten when notices are heard again', async () => {
    connection.lost();
    expect(await isSignedIn(ada)).toBe(true);
    await endSilently();
    connection.made();
    expect(await isSignedIn(ada)).toBe(false);
  });

  it.each([
    ['the session', () => JSON.stringify({ sessionId: ada.sessionId }), [false, true, true]],
    ['the user', () => JSON.stringify({ userId: ada.userId }), [false, false, true]],
    ['everybody', () => JSON.stringify('everybody'), [false, false, false]],
    ['what this version does not know', () => '{"teamId":7}', [false, false, false]],
    ['nothing that can be read', () => '{', [false, false, false]],
  ])('is forgotten when it is told of %s', async (_subject, payload, expected) => {
    const phone = await signIn(testApp, ada);
    const grace = await signUp(testApp, 'Grace Hopper');
    const people = [ada, phone, grace];
    expect(await Promise.all(people.map(isSignedIn))).toEqual([true, true, true]);
    await endSilently();
    connection.tell(payload());
    expect(await Promise.all(people.map(isSignedIn))).toEqual(expected);
  });

  it('is kept also of one that ended and one that never was', async () => {
    await endSilently();
    const nobody = { ...ada, sessionId: randomUUID() };
    expect(await Promise.all([isSignedIn(ada), isSignedIn(nobody)])).toEqual([false, false]);
    const { prisma } = testApp.database;
    await prisma.session.update({
      where: { id: ada.sessionId },
      data: { id: nobody.sessionId, revokedAt: null },
    });
    expect(await isSignedIn(nobody)).toBe(false);
    nowMs += 5_000;
    expect(await isSignedIn(nobody)).toBe(true);
  });

  it.each(['expires_at', 'idle_expires_at'] as const)(
    'ends with its %s, by the clock of the database',
    async (column) => {
      await setEnd(column, 2);
      expect(await isSignedIn(ada)).toBe(true);
      await setEnd(column, 0);
      nowMs += 2_000;
      expect(await isSignedIn(ada)).toBe(false);
    },
  );

  it('is read anew at its end, which a refresh may have put off', async () => {
    await setEnd('idle_expires_at', 2);
    expect(await isSignedIn(ada)).toBe(true);
    await setEnd('idle_expires_at', 600);
    nowMs += 2_000;
    expect(await isSignedIn(ada)).toBe(true);
  });

  it('is not served beyond its age when it cannot be read anew', async () => {
    const { prisma } = testApp.database;
    expect(await isSignedIn(ada)).toBe(true);
    await prisma.$executeRaw`ALTER TABLE session RENAME TO session_away`;
    try {
      expect(await isSignedIn(ada)).toBe(true);
      nowMs += 5_000;
      await expect(isSignedIn(ada)).rejects.toThrow();
    } finally {
      await prisma.$executeRaw`ALTER TABLE session_away RENAME TO session`;
    }
    expect(await isSignedIn(ada)).toBe(true);
  });
});
