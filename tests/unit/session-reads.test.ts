import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AccessSubject } from '../../src/modules/session/access-notice.ts';
import {
  createSessionReads,
  type DatedStanding,
  type SessionReads,
} from '../../src/modules/session/session-reads.ts';
import { type SessionStanding, unknownSession } from '../../src/modules/session/viewer.query.ts';

const [one, two, user, stranger] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];

const running = (sessionId: string, mark = 0): SessionStanding => {
  const viewer = {
    sessionId,
    userId: user,
    proofAgeMs: mark,
    permissions: new Set([]),
    roleKeys: new Set([]),
  };
  return { userId: user, viewer, remainingMs: 60_000 };
};

/** A statement that waits for the test to answer it. */
interface Asked extends PromiseWithResolvers<ReadonlyMap<string, SessionStanding>> {
  ids: readonly string[];
}

let asked: Asked[];
let kept: [string, DatedStanding][];
let nowMs: number;
let reads: SessionReads;
beforeEach(() => {
  [asked, kept, nowMs] = [[], [], 1_000];
  reads = createSessionReads(
    (ids) => {
      const statement = Promise.withResolvers<ReadonlyMap<string, SessionStanding>>();
      asked.push({ ...statement, ids });
      return statement.promise;
    },
    () => nowMs,
    (id, standing) => kept.push([id, standing]),
  );
});

/** Waits until the nth statement is sent. */
const sent = async (nth: number) => {
  while (asked.length <= nth) await nextTurn();
};

/** Answers the nth statement. */
const answer = (nth: number, ...standings: SessionStanding[]) =>
  asked[nth]?.resolve(new Map(standings.map((each) => [each.viewer?.sessionId ?? '', each])));

describe('reads of sessions', () => {
  it('that are asked for in one turn go along in one statement, each once', async () => {
    const all = [reads.read(one), reads.read(two), reads.read(one)];
    await sent(0);
    expect(asked.map(({ ids }) => ids)).toEqual([[one, two]]);
    answer(0, running(one));
    const [first, second, third] = await Promise.all(all);
    expect(first).toEqual({ ...running(one), readAtMs: 1_000 });
    expect(third).toBe(first);
    expect(second).toEqual({ ...unknownSession, readAtMs: 1_000 });
    expect(kept.map(([id]) => id)).toEqual([one, two]);
  });

  it('are as old as the moment in which they began', async () => {
    const read = reads.read(one);
    await sent(0);
    nowMs = 9_000;
    answer(0, running(one));
    expect(await read).toMatchObject({ readAtMs: 1_000 });
  });

  it.each<[string, AccessSubject]>([
    ['the session', { sessionId: one }],
    ['its user', { userId: user }],
    ['everybody', 'everybody'],
  ])('are made again when %s changed meanwhile', async (_subject, subject) => {
    const read = reads.read(one);
    await sent(0);
    reads.repeat(subject);
    answer(0, running(one));
    await sent(1);
    expect(kept).toEqual([]);
    const late = reads.read(one);
    answer(1, running(one, 1));
    expect((await read).viewer?.proofAgeMs).toBe(1);
    expect(await late).toBe(await read);
    expect(asked).toHaveLength(2);
  });

  it('are made again as often as something changes', async () => {
    const read = reads.read(one);
    for (const nth of [0, 1, 2]) {
      await sent(nth);
      reads.repeat('everybody');
      answer(nth, running(one));
    }
    await sent(3);
    answer(3, running(one, 3));
    expect((await read).viewer?.proofAgeMs).toBe(3);
  });

  it.each<[string, AccessSubject]>([
    ['another session', { sessionId: two }],
    ['another user', { userId: stranger }],
  ])('hold when %s changed meanwhile', async (_subject, subject) => {
    const read = reads.read(one);
    await sent(0);
    reads.repeat(subject);
    answer(0, running(one));
    await read;
    expect(asked).toHaveLength(1);
  });

  it('fail all together with their statement, and are made anew by whoever asks next', async () => {
    const all = [reads.read(one), reads.read(two)];
    await sent(0);
    asked[0]?.reject(new Error('away'));
    const outcomes = await Promise.allSettled(all);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const again = reads.read(one);
    await sent(1);
    answer(1, running(one));
    expect(await again).toMatchObject(running(one));
    expect(kept.map(([id]) => id)).toEqual([one]);
  });
});
