import { Prisma, type Session } from '../../generated/prisma/client.ts';
import type { Database } from '../../platform/database/database.ts';
import { type MaybeLater, whenThere } from '../../platform/maybe-later.ts';
import type { Origin } from '../../platform/origin.ts';
import type { SharedRows } from '../../platform/shared-rows.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import type { Viewer } from '../role/viewer.ts';
import { lockAccount, voidAddressChanges } from '../user/account.ts';
import { type EndedSessions, endSessions } from './end-sessions.ts';
import type { LastUse } from './last-use.ts';
import type { SessionCache } from './session-cache.ts';
import { createStartSession, type SessionLifetimes, type StartSession } from './session-start.ts';

/** Keeps the sessions; all times are the database's. */
export interface SessionService {
  /** Starts a session. */
  start: StartSession;
  /**
   * Tells who calls with a session and what they may do, and counts that as its use; null when it
   * has ended or never was.
   */
  findViewer(sessionId: string): MaybeLater<Viewer | null>;
  /** Tells the same without counting as a use: a connection that is held open asks again and again. */
  checkViewer(sessionId: string): MaybeLater<Viewer | null>;
  /** Finds a session that the viewer may see, in rows of others' if given; null also for one that they may not. */
  findVisible(
    viewer: Viewer | null,
    sessionId: string,
    query: SessionQuery,
    rows?: SharedRows | null,
  ): Promise<Session | null>;
  /** Loads a session that is known to exist. */
  getSession(sessionId: string, query: SessionQuery): Promise<Session>;
  /** Ends the viewer's session, or all of their sessions. */
  signOut(origin: Origin, viewer: Viewer, everywhere: boolean): Promise<EndedSessions>;
}

/** What a caller of the service wants loaded along with a session. */
export type SessionQuery = Pick<Prisma.SessionFindFirstArgs, 'include' | 'select'>;

/** Shows a session to its user and to holders of `sessions:read`. */
export function isSessionVisible(
  { userId }: Pick<Session, 'userId'>,
  viewer: Viewer | null,
): boolean {
  return viewer !== null && (viewer.userId === userId || viewer.permissions.has('sessions:read'));
}

/** What the session service is built over. */
export interface SessionParts {
  database: Pick<Database, 'prisma'>;
  commit: Commit;
  cache: Pick<SessionCache, 'findViewer'>;
  lastUse: Pick<LastUse, 'note'>;
  lifetimes: SessionLifetimes;
}

/** Opens the session service. */
export function createSessionService(parts: SessionParts): SessionService {
  const { commit, cache, lastUse, lifetimes } = parts;
  const { prisma } = parts.database;
  return {
    start: createStartSession(lifetimes, lastUse),
    findViewer: (sessionId) =>
      whenThere(cache.findViewer(sessionId), (viewer) => {
        if (viewer !== null) lastUse.note(sessionId);
        return viewer;
      }),
    checkViewer: cache.findViewer,
    async findVisible(viewer, id, query, rows = null) {
      const isWhole = query.select == null && query.include == null;
      const session =
        rows !== null && isWhole
          ? await rows.once(`session ${id}`, () => prisma.session.findUnique({ where: { id } }))
          : await prisma.session.findUnique({ ...query, where: { id } });
      return session !== null && isSessionVisible(session, viewer) ? session : null;
    },
    getSession: (id, query) => prisma.session.findUniqueOrThrow({ ...query, where: { id } }),
    signOut: (origin, { userId, sessionId }, everywhere) =>
      commit(origin, async (change) => {
        if (!everywhere)
          return endSessions(change, Prisma.sql`id = ${sessionId}::uuid`, 'SIGNED_OUT');
        await lockAccount(change.transaction, { userId });
        await voidAddressChanges(change.transaction, userId);
        return endSessions(change, Prisma.sql`user_id = ${userId}::uuid`, 'SIGNED_OUT');
      }),
  };
}
