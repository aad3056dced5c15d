import { v7 as uuidv7 } from 'uuid';
import type { Prisma } from '../../generated/prisma/client.ts';
import type { Transaction } from '../database/database.ts';
import type { Origin } from '../origin.ts';

/** One act to be remembered. */
export interface AuditEntry {
  /** Dotted name of the act in the past tense, e.g. `session.started`. */
  action: string;
  /** The user who acted, where it is not the caller of the request (a sign-in, a confirmation). */
  actorId?: string;
  /** Id of what was acted on. */
  targetId?: string;
  /** Never a secret and never personal data. */
  metadata?: Prisma.InputJsonObject;
}

/** Appends audit rows in the transaction of the change itself, so that neither is without the other. */
export async function appendAudit(
  transaction: Transaction,
  entries: readonly AuditEntry[],
  origin: Origin,
): Promise<void> {
  if (entries.length === 0) return;
  // With and without a target it is the same statement: a refused sign-in tells not even by it.
  const unless = { actorId: origin.actorId, targetId: null };
  const rows = entries.map((entry) => ({ ...unless, ...entry, id: uuidv7() }));
  await transaction.auditEvent.createMany({
    data: rows.map((row) => ({ ...row, requestId: origin.requestId })),
  });
  const { ipAddress, userAgent } = origin;
  await transaction.auditOrigin.createMany({
    data: rows.map(({ id }) => ({ auditEventId: id, ipAddress, userAgent })),
  });
}
