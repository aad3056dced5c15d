import type { PrismaClient, Session } from '../../generated/prisma/client.ts';
import { batchLoads } from '../../platform/batch-loads.ts';
import type { Clock } from '../../platform/clock.ts';
import { newestFirst } from './session.paging.ts';
import { endsAt } from './session-conditions.ts';

/** Loads the newest running sessions of a user, at most `limit`, newest first. */
export type LoadNewestSessions = (userId: string, limit: number) => Promise<Session[]>;

/**
 * Builds the loader over one for a single user: two statements for all users of whom as many sessions
 * are asked for in one turn.
 */
export function createLoadNewestSessions(
  { prisma, clock }: { prisma: PrismaClient; clock: Clock },
  loadOfOne: LoadNewestSessions,
): LoadNewestSessions {
  const loaders = new Map<number, (userId: string) => Promise<Session[] | null>>();

  function loaderOf(limit: number): (userId: string) => Promise<Session[] | null> {
    const known = loaders.get(limit);
    if (known !== undefined) return known;
    const loader = batchLoads((userIds) => loadMany(userIds, limit));
    loaders.set(limit, loader);
    return loader;
  }

  async function loadMany(
    userIds: readonly string[],
    limit: number,
  ): Promise<ReadonlyMap<string, Session[]>> {
    const [userId = '', ...others] = userIds;
    if (others.length === 0) return new Map([[userId, await loadOfOne(userId, limit)]]);
    // Prisma limits what it includes in the process: every session would be read.
    const newest = await prisma.$queryRaw<{ id: string }[]>`
      SELECT newest.id FROM unnest(${userIds}::uuid[]) u (id)
      CROSS JOIN LATERAL (
        SELECT s.id FROM session s
        WHERE s.user_id = u.id AND s.revoked_at IS NULL
          AND ${endsAt} > ${clock()}::timestamptz
        ORDER BY s.created_at DESC, s.id DESC LIMIT ${limit}
      ) newest`;
    const sessions = await prisma.session.findMany({
      where: { id: { in: newest.map(({ id }) => id) } },
      orderBy: newestFirst,
    });
    return Map.groupBy(sessions, ({ userId }) => userId);
  }

  return async (userId, limit) => (await loaderOf(limit)(userId)) ?? [];
}
