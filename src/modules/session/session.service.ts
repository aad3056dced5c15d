import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import {
  type FactorType,
  Prisma,
  type RevokeReason,
  type Session,
} from '../../generated/prisma/client.ts';
import type { Database } from '../../platform/database/database.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Change, Commit } from '../../platform/unit-of-work.ts';
import type { Viewer } from '../role/viewer.ts';
import { findViewer } from './viewer.query.ts';

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
  /** Starts a session, as part of the change that signs its user in. */
  start(change: Change, origin: Origin, session: SessionStart): Promise<RefreshableSession>;
  /** Reads who calls with a session and what they may do; null when it has ended or never was. */
  findViewer(sessionId: string): Promise<Viewer | null>;
  /** Loads a session that is known to exist. */
  getSession(sessionId: string, query: SessionQuery): Promise<Session>;
  /** Ends the viewer's session, or all of their sessions. Returns how many it ended. */
  signOut(origin: Origin, viewer: Viewer, everywhere: boolean): Promise<number>;
}

/** What a caller of the service wants loaded along with a session. */
export type SessionQuery = Pick<Prisma.SessionFindFirstArgs, 'include' | 'select'>;

const saltBytes = 32;

/** Opens the session service. */
export function createSessionService(
  { prisma }: Pick<Database, 'prisma'>,
  commit: Commit,
  lifetimes: SessionLifetimes,
): SessionService {
  return {
    async start({ transaction, audit }, origin, { userId, amr, deviceLabel }) {
      const id = uuidv7();
      const salt = randomBytes(saltBytes);
      const [times] = await transaction.$queryRaw<{ expiresAt: Date }[]>`
        INSERT INTO session (id, user_id, salt, amr, device_label, ip_address, user_agent,
          authenticated_at, expires_at, idle_expires_at)
        VALUES (${id}::uuid, ${userId}::uuid, ${salt}, string_to_array(${amr.join()}, ',')::factor_type[],
          ${deviceLabel ?? null}, ${origin.ipAddress}, ${origin.userAgent}, statement_timestamp(),
          statement_timestamp() + make_interval(secs => ${lifetimes.absoluteSeconds}),
          statement_timestamp() + make_interval(secs => ${lifetimes.idleSeconds}))
        RETURNING least(expires_at, idle_expires_at) AS "expiresAt"`;
      if (times === undefined) throw new Error('INSERT … RETURNING gave no row');
      audit({ action: 'session.started', actorId: userId, targetId: id, metadata: { amr } });
      return { id, userId, counter: 0, salt, expiresAt: times.expiresAt };
    },
    findViewer: (sessionId) => findViewer(prisma, sessionId),
    getSession: (id, query) => prisma.session.findUniqueOrThrow({ ...query, where: { id } }),
    signOut: (origin, viewer, everywhere) =>
      commit(origin, (change) =>
        endSessions(
          change,
          everywhere
            ? Prisma.sql`user_id = ${viewer.userId}::uuid`
            : Prisma.sql`id = ${viewer.sessionId}::uuid`,
          'SIGNED_OUT',
        ),
      ),
  };
}

/**
 * Ends the running sessions that a condition selects, with an audit entry and an event for each.
 * Returns how many it ended.
 */
export async function endSessions(
  { transaction, audit, emit }: Change,
  condition: Prisma.Sql,
  reason: RevokeReason,
): Promise<number> {
  const ended = await transaction.$queryRaw<{ id: string; userId: string }[]>`
    UPDATE session SET revoked_at = statement_timestamp(), revoke_reason = ${reason}::revoke_reason
    WHERE ${condition} AND revoked_at IS NULL
      AND least(expires_at, idle_expires_at) > statement_timestamp()
    RETURNING id, user_id AS "userId"`;
  for (const { id, userId } of ended) {
    audit({ action: 'session.ended', targetId: id, metadata: { reason } });
    emit({ topic: 'SESSION', type: 'SessionRevoked', userId, data: { sessionId: id, reason } });
  }
  return ended.length;
}
