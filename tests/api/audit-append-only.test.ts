import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database/database.ts';
import { openTestDatabase } from '../support/migrated-database.ts';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
  for (const action of ['first', 'second']) {
    const origin = { create: { ipAddress: '192.0.2.1' } };
    await database.prisma.auditEvent.create({ data: { action, requestId: randomUUID(), origin } });
  }
});
afterAll(() => database.close());

const readTrail = () =>
  database.prisma.auditEvent.findMany({ include: { origin: true }, orderBy: { id: 'asc' } });

it.each([
  ['UPDATE', 'audit_event', "UPDATE audit_event SET action = 'another'"],
  ['UPDATE', 'audit_event', "UPDATE audit_event SET action = 'another' WHERE action = 'missing'"],
  [
    'UPDATE',
    'audit_event',
    `INSERT INTO audit_event (id, action, request_id) SELECT id, action, 'another' FROM audit_event
     ON CONFLICT (id) DO UPDATE SET request_id = excluded.request_id`,
  ],
  ['DELETE', 'audit_event', "DELETE FROM audit_event WHERE action = 'first'"],
  // Without CASCADE the foreign key of the origins would refuse it, trigger or none.
  ['TRUNCATE', 'audit_event', 'TRUNCATE audit_event CASCADE'],
  ['UPDATE', 'audit_origin', "UPDATE audit_origin SET ip_address = '192.0.2.2'"],
  ['TRUNCATE', 'audit_origin', 'TRUNCATE audit_origin'],
])('the database refuses the %s of an %s: %s', async (operation, table, sql) => {
  const before = await readTrail();
  await expect(database.prisma.$executeRawUnsafe(sql)).rejects.toThrow(
    `${operation} of ${table} is refused: rows are append-only`,
  );
  expect(await readTrail()).toEqual(before);
  expect(before).toHaveLength(2);
});

it('where an audit event came from can be erased', async () => {
  await database.prisma.auditOrigin.deleteMany();
  expect((await readTrail()).map(({ action, origin }) => [action, origin])).toEqual([
    ['first', null],
    ['second', null],
  ]);
});
