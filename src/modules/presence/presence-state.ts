import type { PresenceStatus, User } from '../../generated/prisma/client.ts';
import type { Database } from '../../platform/database/database.ts';
import type { Viewer } from '../role/viewer.ts';
import { isLive } from '../session/lease-rows.ts';
import { isUserVisible } from '../user/user.service.ts';

/** What is kept of whether a user can be reached. */
export interface PresenceState {
  /** What the log told last. */
  told: PresenceStatus;
  /** How many there are on all instances. */
  connections: number;
  /** Of the viewers that were asked for, those whom the user has blocked. */
  blockedIds: readonly string[];
}

/** Whether a user can be reached, as one viewer sees it. */
export interface Presence {
  userId: string;
  /** Null when the viewer may not see them any more. */
  user: User | null;
  status: PresenceStatus;
  /** As far as it is known; who may read the number is for the field to ask. */
  connections: number;
  /** Null for never, and where it is hidden; who may read it is for the field to ask. */
  lastSeenAt: Date | null;
}

/** Reads what is kept of users, and which of the viewers each of them has blocked; one statement. */
export async function readStates(
  prisma: Database['prisma'],
  userIds: readonly string[],
  viewerIds: readonly string[],
): Promise<Map<string, PresenceState>> {
  const rows = await prisma.$queryRaw<(PresenceState & { userId: string })[]>`
    SELECT u.id AS "userId", coalesce(p.told, 'OFFLINE')::text AS told,
      (SELECT coalesce(sum(l.connections), 0)::int FROM connection_lease l
        WHERE l.user_id = u.id AND ${isLive}) AS connections,
      ARRAY(SELECT b.blocked_id::text FROM user_block b
        WHERE b.blocker_id = u.id AND b.blocked_id = ANY(${viewerIds}::uuid[])) AS "blockedIds"
    FROM unnest(${userIds}::uuid[]) u (id) LEFT JOIN user_presence p ON p.user_id = u.id`;
  return new Map(rows.map(({ userId, ...state }) => [userId, state]));
}

/**
 * Shows a user's presence to a viewer who may see the user. To whoever was blocked by them,
 * they look like a user who has chosen to look OFFLINE.
 */
export function showPresence(
  viewerId: string,
  user: User,
  { told, connections, blockedIds }: PresenceState,
): Presence {
  const seen = { userId: user.id, user };
  const lastSeenAt = user.lastSeenAt.getTime() === 0 ? null : user.lastSeenAt;
  // The rest goes by permissions, as with somebody who has chosen to look so.
  if (blockedIds.includes(viewerId)) return { ...seen, status: 'OFFLINE', connections, lastSeenAt };
  // Whoever is suspended has no connections, but the log may not have told yet.
  if (user.status === 'SUSPENDED') return { ...seen, ...unreachable, lastSeenAt };
  return { ...seen, status: told, connections, lastSeenAt };
}

/** Shows somebody whom the viewer could see before, and may not see or find any more. */
export function showGone(userId: string): Presence {
  return { userId, user: null, ...unreachable };
}

/** Shows again what was read for somebody who may not see the user any more by now. */
export function presenceFor(viewer: Viewer | null, presence: Presence): Presence {
  const { user, userId } = presence;
  return user === null || isUserVisible(user, viewer) ? presence : showGone(userId);
}

/**
 * Tells a viewer how many connections there are: the number to the user themself and to whoever may
 * read their sessions, and to anybody else no more than that there is one.
 */
export function connectionsFor(
  viewer: Viewer | null,
  { userId, status, connections }: Presence,
): number {
  const mayCount = viewer?.userId === userId || viewer?.permissions.has('sessions:read');
  return mayCount ? connections : Number(status !== 'OFFLINE');
}

/** Tells a viewer when the user was last seen, as `User.lastSeenAt` does; null where they may not know. */
export function lastSeenFor(viewer: Viewer | null, { userId, lastSeenAt }: Presence): Date | null {
  const mayKnow = viewer?.userId === userId || viewer?.permissions.has('users:read');
  return mayKnow ? lastSeenAt : null;
}

const unreachable = { status: 'OFFLINE', connections: 0, lastSeenAt: null } as const;
