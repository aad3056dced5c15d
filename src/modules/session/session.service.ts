import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { type FactorType, Prisma, type Session } from '../../generated/prisma/client.ts';
import type { Database } from '../../platform/database/database.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Change, Commit } from '../../platform/unit-of-work.ts';
import type { Viewer } from '../role/viewer.ts';
import { lockAccount, voidAddressChanges } from '../user/account.ts';
import { endSessions } from './end-sessions.ts';
import type { LastUse } from './last-use.ts';
import type { SessionCache } from './session-cache.ts';

/** How long a session lives, in seconds. */
export interface SessionLifetimes {
  /** Since its last refresh. */
  idleSeconds: number;
  /** Since sign-in, however often it is refreshed. */
  absoluteSeconds: number;
}

/** Who signs in, how, and on what. */
export interface SessionStart {
  userId: string;
  amr: FactorType[];
  deviceLabel?: string | null | undefined;
}

/** What the refresh token of a session is derived from, and when that token ends. */
export interface RefreshableSession {
  id: string;
  userId: string;
  counter: number;
  salt: Uint8Array;
  expiresAt: Date;
}

/** Keeps the sessions; all times are the database's. */
export interface SessionService {
  /**
   * Starts a session, as part of the change that signs its user in. The change has made the account
   * or has locked it (`lockAccount`) and seen that it can be used: else a suspension that comes at
   * the same moment would not see the session. Of more than 100 that run, the oldest end.
   */
  start(change: Change, origin: Origin, session: SessionStart): Promise<RefreshableSession>;
  /**
   * Tells who calls with a session and what they may do, and counts that as its use; null when it
   * has ended or never was.
   */
  findViewer(sessionId: string): Promise<Viewer | null>;
  /** Finds a session that the viewer may see; null also for one that they may not. */
  findVisible(
    viewer: Viewer | null,
    sessionId: string,
    query: SessionQuery,
  ): Promise<Session | null>;
  /** Loads a session that is known to exist. */
  getSession(sessionId: string, query: SessionQuery): Promise<Session>;
  /** Ends the viewer's session, or all of their sessions. Returns how many it ended. */
  signOut(origin: Origin, viewer: Viewer, everywhere: boolean): Promise<number>;
}

/** What a caller of the service wants loaded along with a session. */
export type SessionQuery = Pick<Prisma.SessionFindFirstArgs, 'include' | 'select'>;

const saltBytes = 32;

/** Shows a session to its user and to holders of `sessions:read`. */
export function isSessionVisible(
  { userId }: Pick<Session, 'userId'>,
  viewer: Viewer | null,
): boolean {
  return viewer !== null && (viewer.userId === userId || viewer.permissions.has('sessions:read'));
}

/** So many that nobody misses one, and few enough that all of them can be ended in one change. */
const maxRunning = 100;

/** Ends the oldest sessions of a user, where there are too many; some at a time. */
async function endSurplus(change: Change, userId: string): Promise<void> {
  // As an array, by which the planner finds rows one by one rather than by reading all.
  const surplus = Prisma.sql`id = ANY(ARRAY(
    SELECT id FROM session WHERE user_id = ${userId}::uuid AND revoked_at IS NULL
      AND least(expires_at, idle_expires_at) > statement_timestamp()
    ORDER BY created_at DESC, id DESC OFFSET ${maxRunning} LIMIT ${maxRunning}))`;
  await endSessions(change, surplus, 'EXPIRED');
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
    async start(change, origin, { userId, amr, deviceLabel }) {
      const { transaction, audit } = change;
      const id = uuidv7();
      const salt = randomBytes(saltBytes);
      const [times] = await transaction.$queryRaw<{ expiresAt: Date }[]>`
        INSERT INTO session (id, user_id, salt, amr, device_label, ip_address, user_agent,
          authenticated_at, expires_at, idle_expires_at)
        SELECT ${id}::uuid, id, ${salt}, string_to_array(${amr.join()}, ',')::factor_type[],
          ${deviceLabel ?? null}, ${origin.ipAddress}, ${origin.userAgent}, statement_timestamp(),
          statement_timestamp() + make_interval(secs => ${lifetimes.absoluteSeconds}),
          statement_timestamp() + make_interval(secs => ${lifetimes.idleSeconds})
        FROM "user"
        WHERE id = ${userId}::uuid AND status <> 'SUSPENDED' AND deleted_at IS NULL
        RETURNING least(expires_at, idle_expires_at) AS "expiresAt"`;
      if (times === undefined) throw new Error('A session was to start for an account out of use.');
      lastUse.note(id);
      await endSurplus(change, userId);
      audit({ action: 'session.started', actorId: userId, targetId: id, metadata: { amr } });
      return { id, userId, counter: 0, salt, expiresAt: times.expiresAt };
    },
    async findViewer(sessionId) {
      const viewer = await cache.findViewer(sessionId);
      if (viewer !== null) lastUse.note(sessionId);
      return viewer;
    },
    async findVisible(viewer, id, query) {
      const session = await prisma.session.findUnique({ ...query, where: { id } });
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
