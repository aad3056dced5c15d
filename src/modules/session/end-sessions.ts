import { Prisma, type RevokeReason } from '../../generated/prisma/client.ts';
import type { Change } from '../../platform/unit-of-work.ts';
import type { Viewer } from '../role/viewer.ts';
import { announceAccessChange } from './access-notice.ts';
import { isLive } from './lease-rows.ts';
import { sessionRevoked } from './session.events.ts';
import { isRunning } from './session-conditions.ts';

interface EndedSession {
  id: string;
  userId: string;
  connections: number;
}

/** What ended along with a change. */
export interface EndedSessions {
  /** How many running sessions were ended. */
  revoked: number;
  /** How many connections they held, on all instances, as far as that was written by then. */
  closedConnections: number;
}

/**
 * Ends the running sessions that a condition selects, on every instance at once, with an audit
 * entry and an event for each.
 */
export async function endSessions(
  change: Change,
  condition: Prisma.Sql,
  reason: RevokeReason,
): Promise<EndedSessions> {
  const { transaction, audit, emit } = change;
  const ended = await transaction.$queryRaw<EndedSession[]>`
    WITH ended AS (
      UPDATE session s
      SET revoked_at = statement_timestamp(), revoke_reason = ${reason}::revoke_reason
      WHERE ${condition} AND ${isRunning}
      RETURNING id, user_id
    )
    SELECT id, user_id AS "userId", coalesce((
      SELECT sum(connections) FROM connection_lease l WHERE l.session_id = ended.id AND ${isLive}
    ), 0)::int AS connections
    FROM ended`;
  for (const session of ended) {
    audit({ action: 'session.ended', targetId: session.id, metadata: { reason } });
    emit(sessionRevoked(session, reason));
    announceAccessChange(change, { sessionId: session.id });
  }
  const closedConnections = ended.reduce((sum, { connections }) => sum + connections, 0);
  return { revoked: ended.length, closedConnections };
}

/** Ends the running sessions of a viewer but the one they call with. */
export function endOtherSessions(
  change: Change,
  { userId, sessionId }: Pick<Viewer, 'userId' | 'sessionId'>,
  reason: RevokeReason,
): Promise<EndedSessions> {
  const others = Prisma.sql`user_id = ${userId}::uuid AND id <> ${sessionId}::uuid`;
  return endSessions(change, others, reason);
}
