import type { Database } from '../../platform/database/database.ts';
import type { EventTail } from '../../platform/event-log/tail.ts';
import { describeFault } from '../../platform/fault.ts';
import { createFeed } from '../../platform/feed.ts';
import type { Log } from '../../platform/log.ts';
import { createWakeLoop } from '../../platform/wake-loop.ts';
import type { Viewer } from '../role/viewer.ts';
import { isUserVisible } from '../user/user.service.ts';
import { whosePresence } from './presence.events.ts';
import { type Presence, readStates, showGone, showPresence } from './presence-state.ts';
import {
  createWatcher,
  type Follower,
  onOtherPermissions,
  type Watcher,
} from './presence-watcher.ts';

/** Tells the readers of this instance who is here. */
export interface PresenceFeed {
  /**
   * Tells somebody how each of the users is whom they may see by then, then each change, until they
   * leave; never an older state after a newer one. A reader who is slow gets the newest state of each.
   * Begins with the first `next`.
   */
  follow(follower: Follower, userIds: readonly string[]): Presences;
  /** Stops; nothing is read once it resolves. */
  close(): Promise<void>;
}

type Presences = AsyncIterableIterator<Presence, undefined>;

/** What the feed is built over. */
export interface FeedParts {
  database: Pick<Database, 'prisma'>;
  tail: Pick<EventTail, 'subscribe'>;
  log: Log;
}

/** So many users are read at once, and whole watchers. */
const mostAtOnce = 1_000;
const retryMs = 500;

/**
 * Builds the feed of one instance. Whatever is due is read by one loop, for all readers at once, and
 * what it reads is newer than what it read before: that keeps the order, and costs two statements for
 * an event however many follow.
 */
export function createPresenceFeed({ database: { prisma }, tail, log }: FeedParts): PresenceFeed {
  const watchersOf = new Map<string, Set<Watcher>>();
  const begun = new Set<Watcher>();
  const changed = new Set<string>();
  const reading = createWakeLoop(readDue);

  const leaveTail = tail.subscribe(({ events, gap }) => {
    const told = gap === null ? events.map(whosePresence) : [...watchersOf.keys()];
    for (const userId of told) if (userId !== null && watchersOf.has(userId)) changed.add(userId);
    if (changed.size > 0) reading.wake();
  });

  async function readDue(): Promise<number | null> {
    const due = takeDue();
    if (due.size === 0) return null;
    try {
      await tell(due);
    } catch (error) {
      log.warn({ fault: describeFault(error) }, 'Who is here could not be read; trying on.');
      for (const [watcher, userIds] of due) {
        if (!watcher.hasBegun) begun.add(watcher);
        else for (const userId of userIds) changed.add(userId);
      }
      return retryMs;
    }
    return begun.size + changed.size > 0 ? 0 : null;
  }

  /** Takes what is to be read next: of those who have just come all, of the others what has changed. */
  function takeDue(): Map<Watcher, readonly string[]> {
    const due = new Map<Watcher, readonly string[]>();
    const userIds = new Set<string>();
    for (const watcher of begun) {
      if (userIds.size >= mostAtOnce) return due;
      begun.delete(watcher);
      due.set(watcher, watcher.userIds);
      for (const userId of watcher.userIds) userIds.add(userId);
    }
    for (const userId of changed) {
      if (userIds.size >= mostAtOnce) return due;
      changed.delete(userId);
      userIds.add(userId);
      for (const watcher of watchersOf.get(userId) ?? []) {
        if (watcher.hasBegun) due.set(watcher, [...(due.get(watcher) ?? []), userId]);
      }
    }
    return due;
  }

  async function tell(due: ReadonlyMap<Watcher, readonly string[]>): Promise<void> {
    const userIds = [...new Set([...due.values()].flat())];
    const viewerIds = [...due.keys()].flatMap(({ viewer }) => viewer()?.userId ?? []);
    const users = await prisma.user.findMany({ where: { id: { in: userIds } } });
    const states = await readStates(prisma, userIds, [...new Set(viewerIds)]);
    const found = new Map(users.map((user) => [user.id, user]));
    const show = (viewer: Viewer, userId: string) => {
      const [user, state] = [found.get(userId), states.get(userId)];
      return user && state && isUserVisible(user, viewer)
        ? showPresence(viewer.userId, user, state)
        : showGone(userId);
    };
    for (const [watcher, ofThem] of due) {
      const viewer = watcher.viewer();
      if (viewer !== null) watcher.tell(ofThem.map((userId) => show(viewer, userId)));
    }
  }

  return {
    follow: (follower, userIds) =>
      createFeed<Presence>(({ wake }) => {
        const watcher = createWatcher(follower.viewer, [...new Set(userIds)], wake);
        // Listens from here on; what was committed before, the first reading sees.
        for (const userId of watcher.userIds) {
          const watchers = watchersOf.get(userId) ?? new Set();
          watchersOf.set(userId, watchers.add(watcher));
        }
        begin(watcher);
        const leave = onOtherPermissions(follower, () => begin(watcher));
        const close = () => {
          leave();
          remove(watcher);
        };
        return { take: watcher.take, close };
      }),
    async close() {
      leaveTail();
      await reading.stop();
    },
  };

  function begin(watcher: Watcher): void {
    if (watcher.userIds.length > 0) begun.add(watcher);
    reading.wake();
  }

  function remove(watcher: Watcher): void {
    begun.delete(watcher);
    for (const userId of watcher.userIds) {
      const watchers = watchersOf.get(userId);
      watchers?.delete(watcher);
      if (watchers?.size === 0) watchersOf.delete(userId);
    }
  }
}
