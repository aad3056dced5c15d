import { Prisma, type RevokeReason } from '../../generated/prisma/client.ts';
import type { Change } from '../../platform/unit-of-work.ts';
import type { Viewer } from '../role/viewer.ts';
import { announceAccessChange } from './access-notice.ts';
import { sessionRevoked } from './session.events.ts';

/**
 * Ends the running sessions that a condition selects, on every instance at once, with an audit
 * entry and an event for each. Returns how many it ended.
 */
export async function endSessions(
  change: Change,
  condition: Prisma.Sql,
  reason: RevokeReason,
): Promise<number> {
  const { transaction, audit, emit } = change;
  const ended = await transaction.$queryRaw<{ id: string; userId: string }[]>`
    UPDATE session SET revoked_at = statement_timestamp(), revoke_reason = ${reason}::revoke_reason
    WHERE ${condition} AND revoked_at IS NULL
      AND least(expires_at, idle_expires_at) > statement_timestamp()
    RETURNING id, user_id AS "userId"`;
  for (const session of ended) {
    audit({ action: 'session.ended', targetId: session.id, metadata: { reason } });
    emit(sessionRevoked(session, reason));
    announceAccessChange(change, { sessionId: session.id });
  }
  return ended.length;
}

/** Ends the running sessions of a viewer but the one they call with. Returns how many it ended. */
export function endOtherSessions(
  change: Change,
  { userId, sessionId }: Pick<Viewer, 'userId' | 'sessionId'>,
  reason: RevokeReason,
): Promise<number> {
  const others = Prisma.sql`user_id = ${userId}::uuid AND id <> ${sessionId}::uuid`;
  return endSessions(change, others, reason);
}
