import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuditFilter, findEventIds } from '../../src/modules/audit/audit.query.ts';
import { createMatchableEvents, matchesAudit } from '../../src/modules/audit/audit-matching.ts';
import type { AuditAction } from '../../src/platform/audit-trail/audit-actions.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { createCommit } from '../../src/platform/unit-of-work.ts';
import { openTestDatabase } from '../support/migrated-database.ts';

const [ada, bob, stranger] = [randomUUID(), randomUUID(), randomUUID()];
const acts: AuditAction[] = ['session.started', 'session.ended', 'user.updated'];
const everything = { after: null, before: null, backwards: false, limit: 100 };

describe('a filter of the audit trail', () => {
  let database: Database;
  let ids: string[];
  let moments: Date[];
  beforeAll(async () => {
    database = await openTestDatabase();
    const commit = createCommit(
      database,
      { enqueue: async () => {} },
      { onEvents() {}, onNotice() {} },
    );
    for (const [actorId, ipAddress] of [
      [ada, '192.0.2.1'],
      [bob, '2001:db8::1'],
      [null, null],
    ] as const) {
      const origin = { requestId: 'tests', actorId, ipAddress, userAgent: null };
      await commit(origin, async ({ audit }) => {
        for (const action of acts) {
          audit({ action });
          audit({ action, targetId: ada });
          audit({ action, targetId: bob });
        }
      });
    }
    const events = await database.prisma.auditEvent.findMany({ orderBy: { id: 'asc' } });
    ids = events.map(({ id }) => id);
    moments = events.map(({ occurredAt }) => occurredAt);
  });
  afterAll(() => database.close());

  const oneOf = <Value>(...values: Value[]) =>
    fc.option(fc.constantFrom(...values), { nil: undefined });
  const anyMoment = () =>
    fc.option(
      fc
        .tuple(fc.nat({ max: 26 }), fc.constantFrom(-1, 0, 1))
        .map(([n, ms]) => new Date((moments[n] ?? new Date()).getTime() + ms)),
      { nil: undefined },
    );
  const anyFilter = (): fc.Arbitrary<AuditFilter> =>
    fc.record({
      actions: fc.option(fc.subarray([...acts, 'user.deleted'], { minLength: 1 })),
      actorId: oneOf(ada, bob, stranger),
      targetId: oneOf(ada, bob, stranger),
      ipAddress: oneOf('192.0.2.1', '2001:db8::1', '192.0.2.9'),
      occurredAt: fc.option(fc.record({ from: anyMoment(), to: anyMoment() })),
      about: oneOf(ada, bob, stranger),
    });

  it('wants of an event in hand what it wants of the database', async () => {
    const findMatchable = createMatchableEvents(database);
    const events = (await Promise.all(ids.map(findMatchable))).filter((event) => event !== null);
    expect(events).toHaveLength(ids.length);
    await fc.assert(
      fc.asyncProperty(anyFilter(), async (filter) => {
        // The list has names of acts or somebody whom it is about, never both.
        fc.pre(filter.about === undefined || filter.actions == null);
        const found = await findEventIds(database.prisma, filter, everything);
        const wanted = events.filter((event) => matchesAudit(event, filter)).map(({ id }) => id);
        expect(found.sort()).toEqual(wanted.sort());
      }),
    );
  });
});
