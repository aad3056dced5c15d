import type { AuditCheckpoint } from '../../generated/prisma/client.ts';
import type { Database } from '../database/database.ts';
import { type ChainedEvent, type ChainPlace, chainedColumns, nextPlace } from './chain.ts';
import { verifyCheckpoint } from './checkpoint.ts';
import { digestOrigin } from './origin-digest.ts';
import type { AuditFault, AuditVerification, BrokenRow } from './verification.ts';

/** How many links are in memory at a time. */
const batchSize = 1_000;

/** A link with what it covers, as far as that is there. */
interface StoredLink extends ChainPlace, Omit<ChainedEvent, 'id'> {
  auditEventId: string;
  /** Null when the event is gone. */
  id: string | null;
  hasOrigin: boolean;
  salt: Uint8Array | null;
  ipAddress: string | null;
  userAgent: string | null;
}

/** Links in the order of the chain, and the checkpoints that belong to them. */
interface Batch {
  links: StoredLink[];
  checkpoints: Map<bigint, AuditCheckpoint>;
}

/** Reads what follows a position. */
export async function readBatch(prisma: Database['prisma'], after: bigint): Promise<Batch> {
  const links = await prisma.$queryRaw<StoredLink[]>`
    SELECT ${chainedColumns}, l.position, encode(l.hash, 'hex') AS hash,
      l.audit_event_id::text AS "auditEventId", o.audit_event_id IS NOT NULL AS "hasOrigin",
      o.salt, o.ip_address AS "ipAddress", o.user_agent AS "userAgent"
    FROM audit_link l
    LEFT JOIN audit_event e ON e.id = l.audit_event_id
    LEFT JOIN audit_origin o ON o.audit_event_id = l.audit_event_id
    WHERE l.position > ${after}::bigint ORDER BY l.position LIMIT ${batchSize}::int`;
  const upTo = links.at(-1)?.position ?? after;
  const stored = await prisma.auditCheckpoint.findMany({
    where: { position: { gt: after, lte: upTo } },
  });
  return { links, checkpoints: new Map(stored.map((row) => [row.position, row])) };
}

/** Checks links one after the other and counts in `found` what holds; answers what does not. */
export async function checkBatch(
  { links, checkpoints }: Batch,
  kept: readonly ChainPlace[],
  found: Omit<AuditVerification, 'checkpointKeys' | 'waiting' | 'waitingSince' | 'broken'>,
  keys: Set<string>,
): Promise<BrokenRow | null> {
  for (const link of links) {
    const { position, auditEventId, id } = link;
    const broken = (fault: AuditFault): BrokenRow => ({ fault, position, auditEventId });
    const expected = found.head.position + 1n;
    if (position !== expected) {
      return { fault: 'POSITION_MISSING', position: expected, auditEventId: null };
    }
    if (id === null) return broken('EVENT_MISSING');
    const place = nextPlace(found.head, { ...link, id });
    if (place.hash !== link.hash) return broken('HASH_MISMATCH');
    const origin = stateOfOrigin(link);
    if (origin === null) return broken('ORIGIN_CHANGED');
    const checkpoint = checkpoints.get(position);
    if (checkpoint !== undefined) {
      const stated = await verifyCheckpoint(checkpoint.statement, Object(checkpoint.publicJwk));
      if (stated?.position !== position) return broken('CHECKPOINT_INVALID');
      if (stated.hash !== place.hash) return broken('CHECKPOINT_DISAGREES');
      keys.add(stated.kid);
      found.checkpoints++;
    }
    if (kept.some((other) => other.position === position && other.hash !== place.hash)) {
      return broken('CHECKPOINT_DISAGREES');
    }
    found.links++;
    found[origin]++;
    found.head = place;
  }
  return null;
}

/** Tells what there is to say of the details of an event; null when they were changed. */
function stateOfOrigin({ originDigest, hasOrigin, salt, ...origin }: StoredLink) {
  if (originDigest === null) return 'uncoveredOrigins';
  if (!hasOrigin) return 'erasedOrigins';
  const holds = salt !== null && digestOrigin(salt, origin).toString('hex') === originDigest;
  return holds ? 'origins' : null;
}
