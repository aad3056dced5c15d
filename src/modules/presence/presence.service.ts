import type { PresenceStatus, User } from '../../generated/prisma/client.ts';
import { batchLoads } from '../../platform/batch-loads.ts';
import type { Database } from '../../platform/database/database.ts';
import { RefusedError } from '../../platform/errors.ts';
import type { Origin } from '../../platform/origin.ts';
import { refuseMany } from '../../platform/paging.ts';
import type { RateLimiter } from '../../platform/rate-limiter.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import type { Viewer } from '../role/viewer.ts';
import { lockAccount } from '../user/account.ts';
import type { PresenceFeed } from './presence-feed.ts';
import { type Presence, type PresenceState, readStates, showPresence } from './presence-state.ts';
import { tellChoice } from './presence-transitions.ts';
import type { Follower } from './presence-watcher.ts';

/** Knows who can be reached. */
export interface PresenceService {
  /** Shows the presence of a user whom the viewer may see; those of a list cost one statement. */
  presenceOf(viewer: Viewer, user: User): Promise<Presence>;
  /** Shows a viewer their own. */
  ownPresence(viewer: Viewer): Promise<Presence>;
  /** Keeps what a user wants others to see while connected; RateLimitedError after 30 in a minute. */
  setPresence(origin: Origin, userId: string, status: PresenceStatus): Promise<void>;
  /**
   * Follows users as `PresenceFeed` does, leaving out those whom the follower may not see;
   * ValidationError for more than 100.
   */
  follow(follower: Follower, userIds: string[]): AsyncIterableIterator<Presence, undefined>;
}

/** What the service is built over. */
export interface PresenceParts {
  database: Pick<Database, 'prisma'>;
  commit: Commit;
  limiter: RateLimiter;
  feed: Pick<PresenceFeed, 'follow'>;
}

// Each change is told to everybody who follows.
const choicesOfUser = {
  name: 'presence/viewer',
  points: 30,
  windowSeconds: 60,
  scope: 'VIEWER',
} as const;

/** Opens the presence service. */
export function createPresenceService({
  database: { prisma },
  commit,
  limiter,
  feed,
}: PresenceParts): PresenceService {
  const stateFor = batchLoads((pairs) => readPairs(prisma, pairs));

  async function presenceOf({ userId }: Viewer, user: User): Promise<Presence> {
    const state = await stateFor(pairOf(userId, user.id));
    if (state === null) throw new Error('A presence was asked for and not answered.');
    return showPresence(userId, user, state);
  }

  return {
    presenceOf,
    ownPresence: async (viewer) =>
      presenceOf(viewer, await prisma.user.findUniqueOrThrow({ where: { id: viewer.userId } })),
    async setPresence(origin, userId, status) {
      await limiter.charge(choicesOfUser, userId);
      await commit(origin, async (change) => {
        if ((await lockAccount(change.transaction, { userId })) === null) throw accountGone();
        await tellChoice(change, userId, status);
      });
    },
    follow: (follower, userIds) => feed.follow(follower, refuseMany('userIds', userIds)),
  };
}

const pairOf = (viewerId: string, userId: string) => `${viewerId} ${userId}`;

/** Reads states for pairs of a viewer and a user. */
async function readPairs(
  prisma: Database['prisma'],
  pairs: readonly string[],
): Promise<Map<string, PresenceState>> {
  const split = pairs.map((pair) => pair.split(' '));
  const idsAt = (index: number) => [...new Set(split.flatMap((ids) => ids[index] ?? []))];
  const states = await readStates(prisma, idsAt(1), idsAt(0));
  return new Map(
    pairs.flatMap((pair) => {
      const state = states.get(pair.split(' ')[1] ?? '');
      return state ? [[pair, state] as const] : [];
    }),
  );
}

function accountGone(): RefusedError {
  return new RefusedError('FORBIDDEN', 'The account is no more.');
}
