import { expect, it } from 'vitest';
import { linkAuditEvents } from '../../src/platform/audit-trail/linker.ts';
import { verifyAuditTrail } from '../../src/platform/audit-trail/verify.ts';
import { openDatabase } from '../../src/platform/database/connect.ts';
import { linkAll, readChain, writeAudits } from '../support/audit-trail.ts';
import { captureLog } from '../support/captured-log.ts';
import { openTransaction } from '../support/event-log.ts';
import { openTestDatabase } from '../support/migrated-database.ts';

const writersEach = 4;
const commitsEach = 40;

/** Opens a database and what a second instance would hold: connections of its own. */
async function openInstances(resources: AsyncDisposableStack) {
  const first = resources.adopt(await openTestDatabase(), (opened) => opened.close());
  if (first.driver.kind !== 'postgres') throw new Error('This test needs PostgreSQL.');
  const second = resources.adopt(
    await openDatabase(first.driver.settings, captureLog().log),
    (opened) => opened.close(),
  );
  return [first, second] as const;
}

it('links each event once and without a gap, with writers and linkers side by side', async () => {
  await using resources = new AsyncDisposableStack();
  const instances = await openInstances(resources);
  const [database] = instances;
  let isWriting = true;
  const linkers = instances.map(async (instance) => {
    let linked = 0;
    while (isWriting) linked += await linkAuditEvents(instance);
    return linked;
  });
  const writers = instances.flatMap((instance) =>
    Array.from({ length: writersEach }, async () => {
      for (let n = 0; n < commitsEach; n++) await writeAudits(instance, 1 + (n % 3));
    }),
  );
  await Promise.all(writers);
  isWriting = false;
  await Promise.all(linkers);
  await linkAll(database);

  const events = await database.prisma.auditEvent.findMany({ select: { id: true } });
  const chain = await readChain(database);
  expect(chain.map(({ position }) => position)).toEqual(events.map((_, index) => index + 1));
  expect(chain.map(({ auditEventId }) => auditEventId).sort()).toEqual(
    events.map(({ id }) => id).sort(),
  );
  expect(await verifyAuditTrail(database)).toMatchObject({
    links: events.length,
    waiting: 0,
    broken: null,
  });
}, 60_000);

it('lets nobody wait: not writers for a linker, nor a linker for a writer or another linker', async () => {
  await using resources = new AsyncDisposableStack();
  const [first, second] = await openInstances(resources);
  await writeAudits(first, 1);

  const linker = await openTransaction(first);
  await linker.transaction.$executeRaw`SELECT pg_advisory_xact_lock(7311004::bigint)`;
  await linker.transaction.$executeRaw`DELETE FROM audit_unlinked`;
  expect(await linkAuditEvents(second)).toBe(0);
  await writeAudits(second, 1);
  await linker.rollBack();

  const writer = await openTransaction(first);
  await writer.transaction.auditEvent.create({ data: { action: 'test.slow', requestId: 'x' } });
  expect(await linkAuditEvents(second)).toBe(2);
  await writer.commit();
  expect(await linkAuditEvents(second)).toBe(1);
  expect(await verifyAuditTrail(second)).toMatchObject({ links: 3, waiting: 0, broken: null });
});
