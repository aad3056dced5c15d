import { Prisma } from '../../generated/prisma/client.ts';
import type { Database } from '../../platform/database/database.ts';
import { InvalidTokenError } from '../../platform/errors.ts';
import type { Keyring } from '../../platform/keyring.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import { type RefreshClaim, readRefreshClaim, refreshClaimHolds } from './refresh-token.ts';
import { endSessions, type RefreshableSession, type SessionLifetimes } from './session.service.ts';

/**
 * Exchanges a refresh token for its one successor. A session rotates at most once per window, and
 * within it the current token and its parent both lead to the current one again, so that tabs that
 * race and clients that lost an answer agree. An older token means that there is a copy: the
 * session ends (RFC 9700 §4.14.2). Throws InvalidTokenError.
 */
export type RefreshSession = (origin: Origin, token: string) => Promise<RefreshableSession>;

/** Seconds in which a replaced refresh token still leads to its successor. */
const reuseWindowSeconds = 10;

interface StoredState extends RefreshableSession {
  ended: boolean;
  expired: boolean;
  inWindow: boolean;
}

/** Builds `refreshSession` over its parts. All times are the database's. */
export function createRefreshSession(
  { prisma }: Pick<Database, 'prisma'>,
  commit: Commit,
  keyring: Keyring,
  { idleSeconds }: Pick<SessionLifetimes, 'idleSeconds'>,
): RefreshSession {
  const rotate = ({ sessionId, counter }: RefreshClaim) => prisma.$queryRaw<RefreshableSession[]>`
    UPDATE session s SET counter = s.counter + 1, rotated_at = statement_timestamp(),
      last_used_at = statement_timestamp(),
      idle_expires_at = statement_timestamp() + make_interval(secs => ${idleSeconds})
    FROM "user" u
    WHERE s.id = ${sessionId}::uuid AND s.counter = ${counter} AND s.revoked_at IS NULL
      AND least(s.expires_at, s.idle_expires_at) > statement_timestamp()
      AND (s.rotated_at IS NULL
        OR s.rotated_at <= statement_timestamp() - make_interval(secs => ${reuseWindowSeconds}))
      AND u.id = s.user_id AND u.status = 'ACTIVE'
    RETURNING s.id, s.user_id AS "userId", s.counter, s.salt,
      least(s.expires_at, s.idle_expires_at) AS "expiresAt"`;

  const readState = (sessionId: string) => prisma.$queryRaw<StoredState[]>`
    SELECT s.id, s.user_id AS "userId", s.counter, s.salt,
      least(s.expires_at, s.idle_expires_at) AS "expiresAt",
      s.revoked_at IS NOT NULL OR u.status <> 'ACTIVE' AS ended,
      least(s.expires_at, s.idle_expires_at) <= statement_timestamp() AS expired,
      coalesce(s.rotated_at > statement_timestamp() - make_interval(secs => ${reuseWindowSeconds}),
        false) AS "inWindow"
    FROM session s JOIN "user" u ON u.id = s.user_id
    WHERE s.id = ${sessionId}::uuid`;

  /** Ends the session, provided that the token is still as far off as it was found to be. */
  const endReused = (origin: Origin, claim: RefreshClaim, state: StoredState) =>
    commit(origin, async (change) => {
      const reused = claim.counter < state.counter;
      const ended = await endSessions(
        change,
        Prisma.sql`id = ${state.id}::uuid AND counter = ${state.counter}`,
        'TOKEN_REUSED',
      );
      // A token from the future is no theft: an older backup of the database was restored.
      if (ended > 0 && reused) {
        change.emit({
          topic: 'SECURITY',
          type: 'SecurityNotice',
          userId: state.userId,
          data: { kind: 'TOKEN_REUSED', sessionId: state.id },
        });
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
    const [rotated] = await rotate(claim);
    if (rotated !== undefined) return rotated;
    const [state] = await readState(claim.sessionId);
    if (state === undefined || state.ended) throw new InvalidTokenError('REVOKED');
    if (state.expired) throw new InvalidTokenError('EXPIRED');
    const behind = state.counter - claim.counter;
    if (behind === 0 || (behind === 1 && state.inWindow)) return state;
    await endReused(origin, claim, state);
    throw new InvalidTokenError('REVOKED');
  };
}
