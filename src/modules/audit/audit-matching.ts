import type { AuditEvent } from '../../generated/prisma/client.ts';
import { batchLoads } from '../../platform/batch-loads.ts';
import type { Database } from '../../platform/database/database.ts';
import type { AuditFilter } from './audit.query.ts';

/** What a filter asks of an event, and where it came from. */
export interface MatchableEvent
  extends Pick<AuditEvent, 'id' | 'action' | 'actorId' | 'targetId' | 'occurredAt'> {
  /** Null also once it is erased. */
  ipAddress: string | null;
}

/** Tells whether an event in hand is wanted, as the database would. */
export function matchesAudit(event: MatchableEvent, filter: AuditFilter): boolean {
  const { actions, actorId, targetId, ipAddress, occurredAt, about } = filter;
  const { from, to } = occurredAt ?? {};
  return (
    (actions == null || actions.includes(event.action)) &&
    (actorId == null || event.actorId === actorId) &&
    (targetId == null || event.targetId === targetId) &&
    (ipAddress == null || event.ipAddress === ipAddress) &&
    (from == null || event.occurredAt >= from) &&
    (to == null || event.occurredAt <= to) &&
    (about === undefined || event.actorId === about || event.targetId === about)
  );
}

/**
 * Finds events for filters, by id: those that any number of readers ask for at once in one
 * statement, however many readers and events there are.
 */
export function createMatchableEvents({ prisma }: Pick<Database, 'prisma'>) {
  return batchLoads(async (ids) => {
    const events = await prisma.$queryRaw<MatchableEvent[]>`
      SELECT e.id::text AS id, e.action, e.actor_id::text AS "actorId",
        e.target_id::text AS "targetId", e.occurred_at AS "occurredAt", o.ip_address AS "ipAddress"
      FROM audit_event e LEFT JOIN audit_origin o ON o.audit_event_id = e.id
      WHERE e.id = ANY(${ids}::uuid[])`;
    return new Map(events.map((event) => [event.id, event]));
  });
}
