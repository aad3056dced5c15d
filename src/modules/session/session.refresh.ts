import { Prisma } from '../../generated/prisma/client.ts';
import type { Database } from '../../platform/database/database.ts';
import { InvalidTokenError } from '../../platform/errors.ts';
import type { Keyring } from '../../platform/keyring.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import { endSessions } from './end-sessions.ts';
import { readRefreshState, rotateSession, type StoredState } from './refresh.queries.ts';
import { type RefreshClaim, readRefreshClaim, refreshClaimHolds } from './refresh-token.ts';
import { type NoticeJobs, warnUser } from './security-notice.ts';
import type { RefreshableSession, SessionLifetimes } from './session-start.ts';

/**
 * Exchanges a refresh token for its one successor. A session rotates at most once per window, and
 * within it, or by a setting until the successor is used, the current token and its parent both lead
 * to the current one again, so that tabs that race and clients that lost an answer agree. An older
 * token means that there is a copy: the session ends (RFC 9700 §4.14.2). Throws InvalidTokenError.
 */
export type RefreshSession = (origin: Origin, token: string) => Promise<RefreshableSession>;

/** How sessions are refreshed. */
export interface RefreshSettings extends Pick<SessionLifetimes, 'idleSeconds'> {
  /** How long a replaced token leads to its successor: for seconds, or until that is used. */
  refreshReuse: 'window' | 'until-used';
}

/** Seconds in which a replaced refresh token still leads to its successor. */
const reuseWindowSeconds = 10;

/** Builds `refreshSession` over its parts. All times are the database's. */
export function createRefreshSession(
  { prisma }: Pick<Database, 'prisma'>,
  commit: Commit<NoticeJobs>,
  keyring: Keyring,
  { idleSeconds, refreshReuse }: RefreshSettings,
): RefreshSession {
  const times = { idleSeconds, windowSeconds: reuseWindowSeconds };

  /** Ends a session whose token was copied, or whose database was restored from a backup. */
  const endReused = (origin: Origin, { sessionId, counter }: RefreshClaim, state: StoredState) =>
    commit(origin, async (change) => {
      const reused = counter < state.counter;
      // Repeated as it was found: the session may have moved on since, which makes an old token
      // older still.
      const stillOff = reused ? Prisma.sql`counter > ${counter}` : Prisma.sql`counter < ${counter}`;
      const condition = Prisma.sql`id = ${sessionId}::uuid AND ${stillOff}`;
      const ended = await endSessions(change, condition, 'TOKEN_REUSED');
      // A token from the future is no theft: an older backup of the database was restored.
      if (ended.revoked > 0 && reused) {
        warnUser(change, origin, { kind: 'TOKEN_REUSED', userId: state.userId, sessionId });
      }
    });

  return async (origin, token) => {
    const claim = readRefreshClaim(token);
    if (claim === null) throw new InvalidTokenError('UNKNOWN');
    const stored = await prisma.session.findUnique({
      where: { id: claim.sessionId },
      select: { salt: true },
    });
    if (stored === null || !refreshClaimHolds(keyring, claim, stored.salt)) {
      throw new InvalidTokenError('UNKNOWN');
    }
    const rotated = await rotateSession(prisma, claim, times);
    if (rotated !== null) return rotated;
    const state = await readRefreshState(prisma, claim.sessionId, times);
    if (state === null || state.ended) throw new InvalidTokenError('REVOKED');
    if (state.expired) throw new InvalidTokenError('EXPIRED');
    const behind = state.counter - claim.counter;
    const parentLeadsOn = state.inWindow || refreshReuse === 'until-used';
    if (behind === 0 || (behind === 1 && parentLeadsOn)) return state;
    await endReused(origin, claim, state);
    throw new InvalidTokenError('REVOKED');
  };
}
