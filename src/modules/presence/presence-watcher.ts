import type { PresenceStatus } from '../../generated/prisma/client.ts';
import type { Viewer } from '../role/viewer.ts';
import type { Presence } from './presence-state.ts';

/** Whoever follows: who they are at the moment, and word when that was asked anew. */
export interface Follower {
  /** Null once they are nobody any more. */
  viewer(): Viewer | null;
  /** Adds a listener; answers what removes it. */
  listen(listener: { onRecheck(): void }): () => void;
}

/** Somebody who follows the presence of some users; holds one state of each at most. */
export interface Watcher extends Pick<Follower, 'viewer'> {
  readonly userIds: readonly string[];
  /** Whether they have been told anything yet: then changes are enough. */
  readonly hasBegun: boolean;
  /** Tells how users are now; what the reader has been given already is left out. */
  tell(presences: readonly Presence[]): void;
  /** Takes what is next; undefined when there is nothing new. */
  take(): Presence | undefined;
}

/** Makes a watcher that wakes its reader when there is something to take. */
export function createWatcher(
  viewer: Follower['viewer'],
  userIds: readonly string[],
  wake: () => void,
): Watcher {
  /** The status, and null for somebody who is not to be seen. */
  const given = new Map<string, PresenceStatus | null>();
  const due = new Map<string, Presence>();
  let hasBegun = false;

  /** Tells whether a state is news; that there is nobody to be seen is none where nobody was. */
  function isNews(presence: Presence): boolean {
    const known = given.get(presence.userId);
    return known !== shown(presence) && (presence.user !== null || known !== undefined);
  }

  return {
    viewer,
    userIds,
    get hasBegun() {
      return hasBegun;
    },
    tell(presences) {
      hasBegun = true;
      for (const presence of presences) {
        if (isNews(presence)) due.set(presence.userId, presence);
        else due.delete(presence.userId);
      }
      if (due.size > 0) wake();
    },
    take() {
      const [next] = due.values();
      if (next === undefined) return undefined;
      due.delete(next.userId);
      given.set(next.userId, shown(next));
      return next;
    },
  };
}

const shown = ({ user, status }: Presence) => (user === null ? null : status);

/** Tells when somebody may do other things than before, and so may see others; answers what stops that. */
export function onOtherPermissions({ viewer, listen }: Follower, tell: () => void): () => void {
  let known = viewer()?.permissions;
  return listen({
    onRecheck() {
      const permissions = viewer()?.permissions;
      if (permissions === undefined || known?.symmetricDifference(permissions).size === 0) return;
      known = permissions;
      tell();
    },
  });
}
