import type { NewEvent } from '../event-log/append.ts';

/**
 * Describes for the event log that an audit entry was written down. The event has the id of the
 * entry, and says nothing of it: who may read the entry reads it there.
 */
export function auditEventAppended(id: string): NewEvent {
  return { id, topic: 'AUDIT', type: 'AuditEventAppended', userId: null, data: {} };
}
