import type { Transaction } from '../database/database.ts';

/** Erases from where somebody acted, of these events; the events stay. */
export async function eraseOrigins(
  transaction: Transaction,
  eventIds: readonly string[],
): Promise<void> {
  await transaction.$executeRaw`
    DELETE FROM audit_origin WHERE audit_event_id = ANY(${[...eventIds]}::uuid[])`;
}

/**
 * Erases from where those acted who were nobody known, on any of the targets: it may have been whose
 * these are, such as a session.
 */
export async function eraseStrangersOrigins(
  transaction: Transaction,
  targetIds: readonly string[],
): Promise<void> {
  await transaction.$executeRaw`
    DELETE FROM audit_origin WHERE audit_event_id IN (
      SELECT id FROM audit_event
      WHERE actor_id IS NULL AND target_id = ANY(${[...targetIds]}::uuid[]))`;
}
