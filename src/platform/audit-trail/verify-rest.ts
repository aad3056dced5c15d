import type { Database } from '../database/database.ts';
import type { ChainPlace } from './chain.ts';
import type { BrokenRow } from './verification.ts';

/** How long after later events became part of the chain one may still wait: a slow transaction. */
const maxDelay = '10 minutes';

/** Looks for what should be in the chain, or was once, behind its end. */
export async function findUnaccounted(
  prisma: Database['prisma'],
  end: bigint,
  kept: readonly ChainPlace[],
): Promise<BrokenRow | null> {
  const early = await prisma.auditLink.findFirst({ where: { position: { lt: 1 } } });
  if (early !== null) {
    const { position, auditEventId } = early;
    return { fault: 'POSITION_INVALID', position, auditEventId };
  }
  const cut = kept.find(({ position }) => position > end)?.position ?? (await findCut(prisma));
  if (cut !== null) return { fault: 'CHAIN_CUT', position: cut, auditEventId: null };
  const [unlinked] = await prisma.$queryRaw<{ id: string }[]>`
    SELECT e.id::text AS id FROM audit_event e
    WHERE NOT EXISTS (SELECT FROM audit_link l WHERE l.audit_event_id = e.id)
      AND NOT EXISTS (SELECT FROM audit_unlinked u WHERE u.audit_event_id = e.id)
    ORDER BY e.id LIMIT 1`;
  if (unlinked) return { fault: 'EVENT_UNLINKED', position: null, auditEventId: unlinked.id };
  const [passedOver] = await prisma.$queryRaw<{ id: string }[]>`
    SELECT e.id::text AS id FROM audit_unlinked u JOIN audit_event e ON e.id = u.audit_event_id,
      (SELECT audit_event_id, linked_at FROM audit_link ORDER BY audit_event_id DESC LIMIT 1) latest
    WHERE e.id < latest.audit_event_id
      AND e.occurred_at < latest.linked_at - ${maxDelay}::interval
    ORDER BY e.id LIMIT 1`;
  if (passedOver)
    return { fault: 'EVENT_PASSED_OVER', position: null, auditEventId: passedOver.id };
  return null;
}

/** Finds a checkpoint of a place that the chain does not have. */
async function findCut(prisma: Database['prisma']): Promise<bigint | null> {
  const [cut] = await prisma.$queryRaw<{ position: bigint | null }[]>`
    SELECT min(position) AS position FROM audit_checkpoint
    WHERE position > (SELECT coalesce(max(position), 0) FROM audit_link)`;
  return cut?.position ?? null;
}
