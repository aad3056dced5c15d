import { Prisma, type Session } from '../../generated/prisma/client.ts';
import type { Clock } from '../../platform/clock.ts';
import type { CursorSeal } from '../../platform/cursor-seal.ts';
import type { Database } from '../../platform/database/database.ts';
import { asksForWholeRows } from '../../platform/database/whole-rows.ts';
import { NotFoundError } from '../../platform/errors.ts';
import type { Origin } from '../../platform/origin.ts';
import {
  type Page,
  type PageArguments,
  type PageRequest,
  readPageRequest,
  toPage,
} from '../../platform/paging.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import type { Viewer } from '../role/viewer.ts';
import { lockAccount, voidAddressChanges } from '../user/account.ts';
import { type EndedSessions, endOtherSessions, endSessions } from './end-sessions.ts';
import { createLoadNewestSessions } from './newest-sessions.ts';
import { newestFirst, sessionCursor, sessionList, sessionPageQuery } from './session.paging.ts';
import type { SessionQuery } from './session.service.ts';

/** What users do with their own sessions. */
export interface OwnSessions {
  /** Lists the running sessions of a user, newest first, by keyset; ValidationError for a bad page. */
  listSessions(userId: string, page: PageArguments, query: SessionQuery): Promise<Page<Session>>;
  countSessions(userId: string): Promise<number>;
  /** Ends one session of the viewer; none when it had ended. NotFoundError for any other. */
  revoke(origin: Origin, viewer: Viewer, sessionId: string): Promise<EndedSessions>;
  /** Ends all sessions of the viewer but the one they call with. */
  revokeOthers(origin: Origin, viewer: Viewer): Promise<EndedSessions>;
}

const isFirstPage = ({ backwards, after, before }: PageRequest) =>
  !backwards && after === null && before === null;

/** Opens the service. */
export function createOwnSessions(
  { prisma }: Pick<Database, 'prisma'>,
  commit: Commit,
  clock: Clock,
  cursors: CursorSeal,
): OwnSessions {
  const running = (userId: string) => {
    const later = { gt: clock() };
    return { userId, revokedAt: null, expiresAt: later, idleExpiresAt: later };
  };
  const find = (userId: string, { where, ...rest }: Prisma.SessionFindManyArgs) =>
    prisma.session.findMany({ ...rest, where: { ...running(userId), ...where } });
  const loadNewest = createLoadNewestSessions({ prisma, clock }, (userId, take) =>
    find(userId, { take, orderBy: newestFirst }),
  );

  return {
    async listSessions(userId, page, query) {
      const request = readPageRequest(cursors, sessionList, page);
      const pageQuery = sessionPageQuery(request);
      // A list of users asks for the first page of each at once.
      const sessions =
        isFirstPage(request) && asksForWholeRows(query)
          ? await loadNewest(userId, pageQuery.take)
          : await find(userId, { ...query, ...pageQuery });
      return toPage(sessions, request, (session) => sessionCursor(cursors, session));
    },
    countSessions: (userId) => prisma.session.count({ where: running(userId) }),
    revoke: (origin, { userId }, id) =>
      commit(origin, async (change) => {
        const own = Prisma.sql`id = ${id}::uuid AND user_id = ${userId}::uuid`;
        const ended = await endSessions(change, own, 'REVOKED_BY_USER');
        if (ended.revoked > 0) return ended;
        const session = await change.transaction.session.findUnique({ where: { id, userId } });
        if (session === null) throw new NotFoundError('Session', id);
        return ended;
      }),
    revokeOthers: (origin, viewer) =>
      commit(origin, async (change) => {
        await lockAccount(change.transaction, { userId: viewer.userId });
        await voidAddressChanges(change.transaction, viewer.userId);
        return endOtherSessions(change, viewer, 'REVOKED_BY_USER');
      }),
  };
}
