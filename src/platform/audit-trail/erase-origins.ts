import type { Transaction } from '../database/database.ts';

/**
 * Erases from where a person acted: the details of events whose actor they are, and of those without
 * an actor whose target is the person or something of theirs, such as a session. The events stay.
 */
export async function eraseOrigins(
  transaction: Transaction,
  userId: string,
  belongings: readonly string[] = [],
): Promise<void> {
  const targets = [userId, ...belongings];
  await transaction.$executeRaw`
    DELETE FROM audit_origin WHERE audit_event_id IN (
      SELECT id FROM audit_event WHERE actor_id = ${userId}::uuid
      UNION ALL
      SELECT id FROM audit_event WHERE actor_id IS NULL AND target_id = ANY(${targets}::uuid[]))`;
}
