import type { Database } from '../../platform/database/database.ts';
import type { RefreshClaim } from './refresh-token.ts';
import { endsAt, isRunning, isUsable, refreshable } from './session-conditions.ts';
import type { RefreshableSession } from './session-start.ts';

/** How a session stands to a token that did not rotate it. */
export interface StoredState extends RefreshableSession {
  /** It was ended, or its user may not use their account. */
  ended: boolean;
  expired: boolean;
  /** It was rotated so recently that the parent of the current token still leads to it. */
  inWindow: boolean;
}

/** Moves a session on to its next token, if this is its current one and it was not moved on just now. */
export async function rotateSession(
  prisma: Database['prisma'],
  { sessionId, counter }: RefreshClaim,
  { idleSeconds, windowSeconds }: { idleSeconds: number; windowSeconds: number },
): Promise<RefreshableSession | null> {
  const [session] = await prisma.$queryRaw<RefreshableSession[]>`
    UPDATE session s SET counter = s.counter + 1, rotated_at = statement_timestamp(),
      last_used_at = statement_timestamp(),
      idle_expires_at = statement_timestamp() + make_interval(secs => ${idleSeconds})
    FROM "user" u
    WHERE s.id = ${sessionId}::uuid AND s.counter = ${counter} AND ${isRunning}
      AND (s.rotated_at IS NULL
        OR s.rotated_at <= statement_timestamp() - make_interval(secs => ${windowSeconds}))
      AND u.id = s.user_id AND ${isUsable}
    RETURNING ${refreshable}`;
  return session ?? null;
}

/** Reads how a session stands; null when it is gone. */
export async function readRefreshState(
  prisma: Database['prisma'],
  sessionId: string,
  { windowSeconds }: { windowSeconds: number },
): Promise<StoredState | null> {
  const [state] = await prisma.$queryRaw<StoredState[]>`
    SELECT ${refreshable},
      s.revoked_at IS NOT NULL OR NOT ${isUsable} AS ended,
      ${endsAt} <= statement_timestamp() AS expired,
      coalesce(s.rotated_at > statement_timestamp() - make_interval(secs => ${windowSeconds}),
        false) AS "inWindow"
    FROM session s JOIN "user" u ON u.id = s.user_id
    WHERE s.id = ${sessionId}::uuid`;
  return state ?? null;
}
