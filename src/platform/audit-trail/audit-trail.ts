import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Prisma } from '../../generated/prisma/client.ts';
import type { Transaction } from '../database/database.ts';
import type { Origin } from '../origin.ts';
import type { AuditAction } from './audit-actions.ts';
import { digestOrigin } from './origin-digest.ts';

/** One act to be remembered. */
export interface AuditEntry {
  action: AuditAction;
  /** The user who acted, where it is not the caller of the request (a sign-in, a confirmation). */
  actorId?: string;
  /** Id of what was acted on. */
  targetId?: string;
  /** Never a secret and never personal data. */
  metadata?: Prisma.InputJsonObject;
}

const saltBytes = 16;

/**
 * Appends audit rows in the transaction of the change itself, so that neither is without the other.
 * Answers their ids, in the order of the entries.
 */
export async function appendAudit(
  transaction: Transaction,
  entries: readonly AuditEntry[],
  { requestId, actorId, ipAddress, userAgent }: Origin,
): Promise<string[]> {
  if (entries.length === 0) return [];
  // With and without a target it is the same statement: a refused sign-in tells not even by it.
  const unless = { actorId, targetId: null };
  const rows = entries.map((entry) => {
    const origin = { auditEventId: uuidv7(), salt: randomBytes(saltBytes), ipAddress, userAgent };
    const originDigest = digestOrigin(origin.salt, origin);
    const event = { ...unless, ...entry, id: origin.auditEventId, requestId, originDigest };
    return { event, origin };
  });
  await transaction.auditEvent.createMany({ data: rows.map(({ event }) => event) });
  await transaction.auditOrigin.createMany({ data: rows.map(({ origin }) => origin) });
  return rows.map(({ event }) => event.id);
}
