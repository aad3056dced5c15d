import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Caller } from '../../src/graphql/caller.ts';
import { createHeldCallers, type HeldCallers } from '../../src/graphql/held-callers.ts';
import type { AccessSubject } from '../../src/modules/session/access-notice.ts';
import { captureLog } from '../support/captured-log.ts';

/** A connection, and what was done about it. */
interface Held {
  userId: string;
  sessionId: string;
  rechecks: number;
  givenUp: number;
  release: () => void;
}

let held: HeldCallers;
let forget: (subject: AccessSubject) => void;
let reread: (sessionIds: readonly string[]) => Promise<void>;
let read: (readonly string[])[];
let leased: number;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  [read, leased] = [[], 0];
  reread = async () => {};
  held = createHeldCallers({
    sessions: {
      onForget: (listener) => {
        forget = listener;
      },
      reread(sessionIds) {
        read.push(sessionIds);
        return reread(sessionIds);
      },
      maxAgeMs: () => 5_000,
    },
    leases: {
      hold() {
        leased += 1;
        return () => {
          leased -= 1;
        };
      },
    },
    maxPerUser: 3,
    log: captureLog().log,
  });
  held.start();
});
afterEach(() => {
  held.close();
  vi.useRealTimers();
});

function connect(userId: string = randomUUID(), sessionId: string = randomUUID()): Held {
  const connection: Held = { userId, sessionId, rechecks: 0, givenUp: 0, release: () => {} };
  const viewer = {
    userId,
    sessionId,
    proofAgeMs: 0,
    permissions: new Set<never>(),
    roleKeys: new Set<never>(),
  };
  const ask = async () => ({ viewer, standing: 'accepted' as const });
  const caller: Caller = {
    identify: ask,
    check: ask,
    async recheck() {
      connection.rechecks += 1;
    },
    renew: () => expect.unreachable(),
    viewer: () => viewer,
    expiresAt: () => null,
    remainingMs: () => null,
    listen: () => () => {},
  };
  const release = held.hold({
    caller,
    giveUp() {
      connection.givenUp += 1;
    },
  });
  if (release === 'full') throw new Error('full');
  return Object.assign(connection, { release });
}

describe('those who hold connections', () => {
  it('are asked anew when a change of access concerns them, and nobody else', () => {
    const [one, other] = [connect(), connect()];
    const second = connect(one.userId);
    const rechecks = () => [one, second, other].map((each) => each.rechecks);
    forget({ sessionId: one.sessionId });
    expect(rechecks()).toEqual([1, 0, 0]);
    forget({ userId: one.userId });
    expect(rechecks()).toEqual([2, 1, 0]);
    forget('everybody');
    expect(rechecks()).toEqual([3, 2, 1]);
    one.release();
    forget('everybody');
    expect(rechecks()).toEqual([3, 3, 2]);
  });

  it('are all read anew together, in the time for which it counts who calls', async () => {
    const [one, other] = [connect(), connect()];
    for (let passed = 0; passed < 5_000; passed += 500) await vi.advanceTimersByTimeAsync(500);
    const before = one.rechecks;
    read.length = 0;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(read).toEqual([[one.sessionId, other.sessionId]]);
    expect([one.rechecks, other.rechecks]).toEqual([before + 1, before + 1]);
  });

  it('are given up once nobody could tell for ten seconds whether they may, not before', async () => {
    const one = connect();
    reread = () => Promise.reject(new Error('The database is away.'));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(one.givenUp).toBe(0);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(one.givenUp).toBe(1);
  });

  it('stay when the database is back in time, also where a statement hung', async () => {
    const one = connect();
    const hanging = Promise.withResolvers<void>();
    reread = () => hanging.promise;
    await vi.advanceTimersByTimeAsync(9_000);
    hanging.resolve();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(one.givenUp).toBe(0);
    reread = () => new Promise(() => {});
    await vi.advanceTimersByTimeAsync(20_000);
    expect(one.givenUp).toBeGreaterThan(0);
  });

  it('hold no more than their user may, and a lease each', () => {
    const userId = randomUUID();
    const [one] = [connect(userId), connect(userId), connect(userId)];
    expect(() => connect(userId)).toThrow('full');
    expect(leased).toBe(3);
    one?.release();
    expect(leased).toBe(2);
    connect(userId);
  });
});
