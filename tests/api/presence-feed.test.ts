import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PresenceStatus, PrismaClient } from '../../src/generated/prisma/client.ts';
import { createPresenceFeed, type PresenceFeed } from '../../src/modules/presence/presence-feed.ts';
import type { Presence } from '../../src/modules/presence/presence-state.ts';
import { tellChoice } from '../../src/modules/presence/presence-transitions.ts';
import type { Follower } from '../../src/modules/presence/presence-watcher.ts';
import type { Viewer } from '../../src/modules/role/viewer.ts';
import { userChanged } from '../../src/modules/user/user.events.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { createTail, type EventTail } from '../../src/platform/event-log/tail.ts';
import { createCommit } from '../../src/platform/unit-of-work.ts';
import { captureLog } from '../support/captured-log.ts';
import { emptyTables, openTestDatabase } from '../support/migrated-database.ts';
import { lease } from '../support/presence.ts';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
  return () => database.close();
});

let tail: EventTail;
let feed: PresenceFeed;
/** What the feed has sent to the database. */
let reads: string[];
/** Is waited for before each of them is sent. */
let before: (read: string) => Promise<void>;
beforeEach(async () => {
  await emptyTables(database);
  reads = [];
  before = async () => {};
  tail = createTail({ database, log: captureLog().log });
  await tail.start();
  feed = createPresenceFeed({ database: { prisma: watched() }, tail, log: captureLog().log });
});
afterEach(async () => {
  await feed.close();
  await tail.close();
});

function watched(): PrismaClient {
  const note = async (read: string) => {
    reads.push(read);
    await before(read);
  };
  return database.prisma.$extends({
    query: {
      async $queryRaw({ args, query }) {
        await note('states');
        return query(args);
      },
      user: {
        async findMany({ args, query }) {
          await note('users');
          return query(args);
        },
      },
    },
  }) as unknown as PrismaClient;
}

async function makeUser(displayName = 'Somebody'): Promise<string> {
  const id = randomUUID();
  await database.prisma.user.create({ data: { id, email: `${id}@example.com`, displayName } });
  await lease(database, id);
  return id;
}

const viewerOf = (userId: string): Viewer => ({
  userId,
  sessionId: randomUUID(),
  proofAgeMs: 0,
  permissions: new Set(),
  roleKeys: new Set(),
});

/** Somebody whose permissions stay. */
const followerOf = (userId: string): Follower => {
  const viewer = viewerOf(userId);
  return { viewer: () => viewer, listen: () => () => {} };
};

const commit = () =>
  createCommit(database, { enqueue: async () => {} }, { onEvents: tail.wake, onNotice() {} });
const origin = { requestId: 'tests', actorId: null, ipAddress: null, userAgent: null };

const choose = (userId: string, status: PresenceStatus) =>
  commit()(origin, (change) => tellChoice(change, userId, status));

type Stream = AsyncIterableIterator<Presence, undefined>;

async function take(stream: Stream, count = 1): Promise<string[]> {
  const told: string[] = [];
  while (told.length < count) told.push((await stream.next()).value?.status ?? 'over');
  return told;
}

describe('the feed of an instance', () => {
  it('reads twice for an event, however many follow', async () => {
    const ada = await makeUser();
    const streams = await Promise.all(
      Array.from({ length: 1_000 }, async () => feed.follow(followerOf(randomUUID()), [ada])),
    );
    await Promise.all(streams.map((stream) => take(stream)));
    // Those who came together were read together; some came while that was under way.
    expect(reads.length).toBeLessThanOrEqual(4);
    reads.splice(0);
    const told = Promise.all(streams.map((stream) => take(stream)));
    await choose(ada, 'AWAY');
    expect(new Set((await told).flat())).toEqual(new Set(['AWAY']));
    expect(reads).toEqual(['users', 'states']);
    await Promise.all(streams.map((stream) => stream.return?.()));
  });

  it('reads nothing for events of users whom nobody follows, or that change nothing', async () => {
    const [ada, bob, eve] = [await makeUser(), await makeUser(), await makeUser()];
    const stream = feed.follow(followerOf(eve), [ada]);
    await take(stream);
    reads.splice(0);
    await choose(bob, 'AWAY');
    await commit()(origin, async ({ emit }) => emit(userChanged(ada, 'UPDATED', ['displayName'])));
    await choose(ada, 'AWAY');
    expect(await take(stream)).toEqual(['AWAY']);
    expect(reads).toEqual(['users', 'states']);
    await stream.return?.();

    const other = feed.follow(followerOf(eve), [bob]);
    expect(await take(other)).toEqual(['AWAY']);
    reads.splice(0);
    await choose(ada, 'ONLINE');
    await choose(bob, 'ONLINE');
    expect(await take(other)).toEqual(['ONLINE']);
    expect(reads).toEqual(['users', 'states']);
    await other.return?.();
  });

  it.each(['users', 'states'])(
    'misses nothing that is told while it reads the %s to begin',
    async (read) => {
      const [ada, eve] = [await makeUser(), await makeUser()];
      const [reading, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      before = async (sent) => {
        if (sent !== read) return;
        reading.resolve();
        await goOn.promise;
      };
      const stream = feed.follow(followerOf(eve), [ada]);
      const first = take(stream);
      await reading.promise;
      await choose(ada, 'AWAY');
      goOn.resolve();
      // As it is read: the change came before.
      expect(await first).toEqual(['AWAY']);
      await choose(ada, 'ONLINE');
      expect(await take(stream)).toEqual(['ONLINE']);
      await stream.return?.();
    },
  );

  it('gives a reader who is slow the newest state of each user, and no older one after it', async () => {
    const [ada, bob, eve] = [await makeUser(), await makeUser(), await makeUser()];
    const slow = feed.follow(followerOf(eve), [ada, bob]);
    const quick = feed.follow(followerOf(eve), [ada]);
    expect(await take(slow, 2)).toEqual(['OFFLINE', 'OFFLINE']);
    await take(quick);
    for (const status of ['AWAY', 'ONLINE', 'OFFLINE', 'AWAY'] as const) {
      await choose(ada, status);
      expect(await take(quick)).toEqual([status]);
    }
    await choose(bob, 'ONLINE');
    expect(await take(slow, 2)).toEqual(['AWAY', 'ONLINE']);
    await slow.return?.();
    await quick.return?.();
  });

  it('says nothing where a slow reader would be told what they know', async () => {
    const [ada, bob, eve] = [await makeUser(), await makeUser(), await makeUser()];
    const slow = feed.follow(followerOf(eve), [ada, bob]);
    const quick = feed.follow(followerOf(eve), [ada]);
    await take(slow, 2);
    await take(quick);
    for (const status of ['ONLINE', 'OFFLINE'] as const) {
      await choose(ada, status);
      await take(quick);
    }
    await choose(bob, 'AWAY');
    expect(await take(slow)).toEqual(['AWAY']);
    await slow.return?.();
    await quick.return?.();
  });

  it('goes on after the database was away', async () => {
    const [ada, eve] = [await makeUser(), await makeUser()];
    let failures = 0;
    before = async () => {
      failures += 1;
      if (failures <= 2) throw new Error('The database is away.');
    };
    const stream = feed.follow(followerOf(eve), [ada]);
    expect(await take(stream)).toEqual(['OFFLINE']);
    failures = 0;
    await choose(ada, 'AWAY');
    expect(await take(stream)).toEqual(['AWAY']);
    await stream.return?.();
  });

  it('is silent for a reader without users, and lets them go', async () => {
    const [ada, eve] = [await makeUser(), await makeUser()];
    const silent = feed.follow(followerOf(eve), []);
    const first = silent.next();
    const other = feed.follow(followerOf(eve), [ada]);
    await take(other);
    await choose(ada, 'ONLINE');
    await take(other);
    await silent.return?.();
    expect(await first).toEqual({ done: true, value: undefined });
    await other.return?.();
  });

  it('tells whoever was blocked that the user is gone, and nothing more', async () => {
    const [ada, bob, eve] = [await makeUser(), await makeUser(), await makeUser()];
    await choose(ada, 'ONLINE');
    const [blocked, other] = [
      feed.follow(followerOf(eve), [ada, bob]),
      feed.follow(followerOf(bob), [ada]),
    ];
    expect(await take(blocked, 2)).toEqual(['ONLINE', 'OFFLINE']);
    expect(await take(other)).toEqual(['ONLINE']);
    await database.prisma.userBlock.create({ data: { blockerId: ada, blockedId: eve } });
    await choose(ada, 'AWAY');
    expect(await take(other)).toEqual(['AWAY']);
    expect(await take(blocked)).toEqual(['OFFLINE']);
    await choose(ada, 'ONLINE');
    expect(await take(other)).toEqual(['ONLINE']);
    await choose(bob, 'AWAY');
    expect((await blocked.next()).value).toMatchObject({ userId: bob, status: 'AWAY' });
    await blocked.return?.();
    await other.return?.();
  });
});
