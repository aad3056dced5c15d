import { createHash } from 'node:crypto';
import { Prisma } from '../../generated/prisma/client.ts';
import { canonicalJson, type Json } from './canonical-json.ts';

/** An audit event as the chain covers it: every column, as text that no driver has rounded. */
export interface ChainedEvent {
  id: string;
  action: string;
  actorId: string | null;
  targetId: string | null;
  requestId: string;
  /** JSON as the database writes it. */
  metadata: string | null;
  /** Unix time in milliseconds. */
  occurredAt: string;
  /** In hex; see `digestOrigin`. */
  originDigest: string | null;
}

/** A place in the chain. */
export interface ChainPlace {
  position: bigint;
  /** SHA-256 in hex. */
  hash: string;
}

/** Where the chain begins, before its first link. */
export const chainStart: ChainPlace = { position: 0n, hash: '0'.repeat(64) };

/** Selects the columns of a `ChainedEvent` from `audit_event e`. */
export const chainedColumns = Prisma.sql`
  e.id::text AS id, e.action, e.actor_id::text AS "actorId", e.target_id::text AS "targetId",
  e.request_id AS "requestId", e.metadata::text AS metadata,
  round(extract(epoch FROM e.occurred_at) * 1000)::text AS "occurredAt",
  encode(e.origin_digest, 'hex') AS "originDigest"`;

const domain = 'latchkey/audit-link/v1\0';

/** Computes the place of an event that follows another; docs/guides/audit-log.md has the format. */
export function nextPlace(before: ChainPlace, event: ChainedEvent): ChainPlace {
  const position = before.position + 1n;
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(position);
  const hash = createHash('sha256')
    .update(domain)
    .update(number)
    .update(Buffer.from(before.hash, 'hex'))
    .update(canonicalJson(contentOf(event)))
    .digest('hex');
  return { position, hash };
}

/** Names each column, whatever else comes with it; metadata is left out where there is none. */
function contentOf(event: ChainedEvent): Json {
  const { id, action, actorId, targetId, requestId, metadata, occurredAt, originDigest } = event;
  return {
    id,
    action,
    actorId,
    targetId,
    requestId,
    // The database keeps members in an order of its own.
    metadata: metadata === null ? undefined : JSON.parse(metadata),
    occurredAt,
    originDigest,
  };
}
