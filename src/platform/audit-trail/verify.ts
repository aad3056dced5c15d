import type { Database } from '../database/database.ts';
import { chainStart } from './chain.ts';
import type { AuditVerification, BrokenRow, VerifyOptions } from './verification.ts';
import { checkBatch, readBatch } from './verify-batch.ts';
import { findUnaccounted } from './verify-rest.ts';

/**
 * Walks the whole chain in batches and stops at the first thing that does not hold. It only reads,
 * and events may be written and linked meanwhile. What it cannot know is in
 * docs/guides/audit-log.md.
 */
export async function verifyAuditTrail(
  { prisma }: Pick<Database, 'prisma'>,
  { onProgress, keptCheckpoints = [] }: VerifyOptions = {},
): Promise<AuditVerification> {
  const last = await prisma.auditLink.findFirst({ orderBy: { position: 'desc' } });
  const lastPosition = last?.position ?? 0n;
  const keys = new Set<string>();
  const found = { ...nothing, head: chainStart };
  const finish = async (broken: BrokenRow | null): Promise<AuditVerification> => ({
    ...found,
    checkpointKeys: [...keys],
    ...(await readWaiting(prisma)),
    broken,
  });
  for (;;) {
    const batch = await readBatch(prisma, found.head.position);
    if (batch.links.length === 0) break;
    const broken = await checkBatch(batch, keptCheckpoints, found, keys);
    if (broken !== null) return finish(broken);
    onProgress?.({ links: found.links, lastPosition });
  }
  return finish(await findUnaccounted(prisma, found.head.position, keptCheckpoints));
}

const nothing = { links: 0, origins: 0, erasedOrigins: 0, uncoveredOrigins: 0, checkpoints: 0 };

async function readWaiting(prisma: Database['prisma']) {
  const [row] = await prisma.$queryRaw<{ waiting: number; waitingSince: Date | null }[]>`
    SELECT count(*)::int AS waiting, min(e.occurred_at) AS "waitingSince"
    FROM audit_unlinked u JOIN audit_event e ON e.id = u.audit_event_id`;
  return { waiting: row?.waiting ?? 0, waitingSince: row?.waitingSince ?? null };
}
