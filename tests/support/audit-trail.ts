import { randomUUID } from 'node:crypto';
import { linkAuditEvents } from '../../src/platform/audit-trail/linker.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { createCommit } from '../../src/platform/unit-of-work.ts';

type AuditDatabase = Pick<Database, 'prisma'>;

/** Writes audit events the way services do, each with what only it has. */
export async function writeAudits(database: AuditDatabase, count: number): Promise<void> {
  const queue = { enqueue: async () => {} };
  const commit = createCommit(database, queue, { onEvents() {}, onNotice() {} });
  const origin = {
    requestId: randomUUID(),
    actorId: randomUUID(),
    ipAddress: '192.0.2.1',
    userAgent: 'tests',
  };
  await commit(origin, async ({ audit }) => {
    for (let n = 1; n <= count; n++) {
      audit({
        action: 'user.profile-updated',
        targetId: randomUUID(),
        metadata: { n, deep: [{ b: 1 }] },
      });
    }
  });
}

/** Links whatever waits, batch after batch. */
export async function linkAll(database: AuditDatabase): Promise<void> {
  while ((await linkAuditEvents(database)) > 0);
}

/** Reads the chain in its order, hashes in hex. */
export async function readChain({ prisma }: AuditDatabase) {
  const links = await prisma.auditLink.findMany({ orderBy: { position: 'asc' } });
  return links.map(({ position, auditEventId, hash }) => ({
    position: Number(position),
    auditEventId,
    hash: Buffer.from(hash).toString('hex'),
  }));
}
