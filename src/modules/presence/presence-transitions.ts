import type { PresenceStatus } from '../../generated/prisma/client.ts';
import type { Database } from '../../platform/database/database.ts';
import type { Change } from '../../platform/unit-of-work.ts';
import { isLive } from '../session/lease-rows.ts';
import { presenceChanged } from '../user/user.events.ts';

/** Users of whom the log tells something else than is so. */
export interface Untold {
  /** They are connected, and not told to be as they chose. */
  here: string[];
  /** They are told to be here, and have no connection. */
  gone: string[];
}

type UserId = { userId: string };

/** Finds those of some users who are connected and not told to be as they chose; one statement. */
export async function findUntoldOf(
  prisma: Database['prisma'],
  userIds: readonly string[],
): Promise<string[]> {
  const rows = await prisma.$queryRaw<UserId[]>`
    SELECT DISTINCT l.user_id AS "userId"
    FROM connection_lease l LEFT JOIN user_presence p ON p.user_id = l.user_id
    WHERE l.user_id = ANY(${userIds}::uuid[]) AND ${isLive}
      AND (p.user_id IS NULL OR p.told <> p.chosen)`;
  return rows.map(({ userId }) => userId);
}

/** Finds all of whom the log tells something else than is so, at most so many of each; one statement. */
export async function findUntold(prisma: Database['prisma'], most: number): Promise<Untold> {
  const rows = await prisma.$queryRaw<(UserId & { isHere: boolean })[]>`
    (SELECT p.user_id AS "userId", false AS "isHere" FROM user_presence p
      WHERE p.told IN ('ONLINE', 'AWAY')
        AND NOT EXISTS (SELECT FROM connection_lease l WHERE l.user_id = p.user_id AND ${isLive})
      ORDER BY p.user_id LIMIT ${most})
    UNION ALL
    (SELECT DISTINCT l.user_id, true
      FROM connection_lease l LEFT JOIN user_presence p ON p.user_id = l.user_id
      WHERE ${isLive} AND (p.user_id IS NULL OR p.told <> p.chosen) LIMIT ${most})`;
  const idsOf = (wanted: boolean) =>
    rows.filter(({ isHere }) => isHere === wanted).map(({ userId }) => userId);
  return { here: idsOf(true), gone: idsOf(false) };
}

/** Tells, as part of a change, of those users who are connected by now and of whom it is not told. */
export async function tellHere(change: Change, userIds: readonly string[]): Promise<void> {
  const { transaction } = change;
  // A user who is being deleted has no row any more and gets none, and nobody waits for that.
  await transaction.$executeRaw`
    INSERT INTO user_presence (user_id)
    SELECT u.id FROM "user" u
    WHERE u.id = ANY(${userIds}::uuid[]) AND u.deleted_at IS NULL
      AND NOT EXISTS (SELECT FROM user_presence p WHERE p.user_id = u.id)
    ORDER BY u.id FOR SHARE OF u SKIP LOCKED
    ON CONFLICT DO NOTHING`;
  await lockPresences(change, userIds);
  emitFor(
    change,
    await transaction.$queryRaw<UserId[]>`
      UPDATE user_presence p SET told = p.chosen, changed_at = statement_timestamp()
      WHERE p.user_id = ANY(${userIds}::uuid[]) AND p.told IS DISTINCT FROM p.chosen
        AND EXISTS (SELECT FROM connection_lease l WHERE l.user_id = p.user_id AND ${isLive})
      RETURNING p.user_id AS "userId"`,
  );
}

/** Tells, as part of a change, of those users who are told to be here and have no connection. */
export async function tellGone(change: Change, userIds: readonly string[]): Promise<void> {
  await lockPresences(change, userIds);
  emitFor(
    change,
    await change.transaction.$queryRaw<UserId[]>`
      UPDATE user_presence p SET told = 'OFFLINE', changed_at = statement_timestamp()
      WHERE p.user_id = ANY(${userIds}::uuid[]) AND p.told IS DISTINCT FROM 'OFFLINE'
        AND NOT EXISTS (SELECT FROM connection_lease l WHERE l.user_id = p.user_id AND ${isLive})
      RETURNING p.user_id AS "userId"`,
  );
}

/**
 * Keeps what a user who exists chose, and tells of it, as part of a change, if they are here: by a
 * connection, or by what is told, for whoever lost theirs a moment ago is not gone yet.
 */
export async function tellChoice(
  change: Change,
  userId: string,
  chosen: PresenceStatus,
): Promise<void> {
  await change.transaction.$executeRaw`
    INSERT INTO user_presence (user_id, chosen) VALUES (${userId}::uuid, ${chosen}::presence_status)
    ON CONFLICT (user_id) DO UPDATE SET chosen = excluded.chosen`;
  emitFor(
    change,
    await change.transaction.$queryRaw<UserId[]>`
      UPDATE user_presence p SET told = p.chosen, changed_at = statement_timestamp()
      WHERE p.user_id = ${userId}::uuid AND p.told IS DISTINCT FROM p.chosen
        AND (p.told <> 'OFFLINE'
          OR EXISTS (SELECT FROM connection_lease l WHERE l.user_id = p.user_id AND ${isLive}))
      RETURNING p.user_id AS "userId"`,
  );
}

/**
 * Keeps others from telling of the same users, in one order, so that nobody waits in a circle. The
 * leases are read after it, by another statement: what that one sees is newer than what was told.
 */
async function lockPresences({ transaction }: Change, userIds: readonly string[]): Promise<void> {
  await transaction.$executeRaw`
    SELECT FROM user_presence WHERE user_id = ANY(${userIds}::uuid[])
    ORDER BY user_id FOR NO KEY UPDATE`;
}

function emitFor({ emit }: Change, told: readonly UserId[]): void {
  for (const { userId } of told) emit(presenceChanged(userId));
}
