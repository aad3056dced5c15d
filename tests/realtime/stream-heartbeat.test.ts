import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeEventCursor } from '../../src/platform/event-log/cursor.ts';
import { pruneLog } from '../support/event-log.ts';
import { listEvents } from '../support/listed-events.ts';
import { type Person, signUp } from '../support/people.ts';
import { useTestApp } from '../support/test-app.ts';
import { rename, settle } from '../support/user-stream.ts';
import { followVisible, nextVisible, type VisibleEvents } from '../support/visible-events.ts';

/** Else they hear of themselves that they can be reached. */
const aboutUsers = { topics: ['USER' as const] };

const placeOf = (cursor: string) => Number(decodeEventCursor(cursor)?.sequence);

describe('a stream without anything to tell', () => {
  const testApp = useTestApp();
  let ada: Person;
  let bob: Person;
  beforeEach(async () => {
    ada = await signUp(testApp, 'Ada');
    bob = await signUp(testApp, 'Bob');
    await settle(testApp, bob);
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Lets 30 seconds pass for streams, and waits for what they tell then. */
  async function beIdle(stream: VisibleEvents) {
    const next = nextVisible(stream);
    await vi.advanceTimersByTimeAsync(30_000);
    const item = await next;
    if (item.__typename !== 'StreamHeartbeat') throw new Error(`It tells ${item.__typename}.`);
    return item;
  }

  it('says so after 30 seconds, and again', async () => {
    const { cursor } = await listEvents(testApp, ada, { topics: [] });
    const stream = await followVisible(testApp, ada, aboutUsers);
    expect(await nextVisible(stream)).toMatchObject({ __typename: 'StreamCaughtUp' });
    for (const _ of [1, 2]) {
      const before = testApp.clock.now().getTime();
      const heartbeat = await beIdle(stream);
      expect(placeOf(heartbeat.cursor)).toBeGreaterThanOrEqual(placeOf(cursor));
      const at = Date.parse(String(heartbeat.at));
      expect(at).toBeGreaterThanOrEqual(before);
      expect(at).toBeLessThanOrEqual(testApp.clock.now().getTime());
    }
    await stream.leave();
  });

  it('keeps its reader within what the log holds, whoever else it tells of', async () => {
    const stream = await followVisible(testApp, ada, aboutUsers);
    const begin = await nextVisible(stream);
    const old = begin.__typename === 'StreamCaughtUp' ? begin.cursor : '';
    const heard = await followVisible(testApp, bob, aboutUsers);
    for (let item = await nextVisible(heard); item.__typename !== 'EventEnvelope'; ) {
      await rename(testApp, bob, 'Robert');
      item = await nextVisible(heard);
    }
    await heard.leave();
    const { cursor } = await beIdle(stream);
    await stream.leave();
    await pruneLog(testApp.database, BigInt(placeOf(cursor)) - 1n);

    expect((await listEvents(testApp, ada, { after: old })).gap).toMatchObject({
      reason: 'RETENTION_EXCEEDED',
    });
    expect((await listEvents(testApp, ada, { after: cursor })).gap).toBeNull();
  });
});
