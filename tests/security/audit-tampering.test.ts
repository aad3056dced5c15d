import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { signIfDue } from '../../src/modules/audit/checkpoint.service.ts';
import type { SigningKeys } from '../../src/modules/auth/signing-keys.ts';
import type { AuditFault } from '../../src/platform/audit-trail/verification.ts';
import { verifyAuditTrail } from '../../src/platform/audit-trail/verify.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { openFirstKey } from '../support/audit-keys.ts';
import { linkAll, readChain, writeAudits } from '../support/audit-trail.ts';
import { captureLog } from '../support/captured-log.ts';
import { emptyTables, openTestDatabase } from '../support/migrated-database.ts';

/** What somebody does who may do everything with the database, and how it is named. */
type Tampering = [sql: string, fault: AuditFault, position: number | null];

const eventAt = (position: number) =>
  `(SELECT audit_event_id FROM audit_link WHERE position = ${position})`;

const changeEvent = (assignment: string): Tampering => [
  `UPDATE audit_event SET ${assignment} WHERE id = ${eventAt(3)}`,
  'HASH_MISMATCH',
  3,
];
const changeOrigin = (assignment: string): Tampering => [
  `UPDATE audit_origin SET ${assignment} WHERE audit_event_id = ${eventAt(3)}`,
  'ORIGIN_CHANGED',
  3,
];

const events: Record<string, Tampering> = {
  id: [
    `UPDATE audit_event SET id = gen_random_uuid() WHERE id = ${eventAt(3)}`,
    'EVENT_MISSING',
    3,
  ],
  'id, along with its link': [
    `WITH old AS (UPDATE audit_event SET id = '00000000-0000-7000-8000-000000000001'
       WHERE id = ${eventAt(3)})
     UPDATE audit_link SET audit_event_id = '00000000-0000-7000-8000-000000000001' WHERE position = 3`,
    'HASH_MISMATCH',
    3,
  ],
  action: changeEvent("action = 'test.forged'"),
  actor_id: changeEvent('actor_id = gen_random_uuid()'),
  'actor_id, to none': changeEvent('actor_id = NULL'),
  target_id: changeEvent('target_id = gen_random_uuid()'),
  'target_id, exchanged for actor_id': changeEvent('target_id = actor_id, actor_id = target_id'),
  request_id: changeEvent("request_id = request_id || ' '"),
  metadata: changeEvent(`metadata = jsonb_set(metadata, '{deep,0,b}', '2')`),
  'metadata, to none': changeEvent('metadata = NULL'),
  'metadata, to a null of JSON': changeEvent(`metadata = 'null'`),
  'metadata, to another type': changeEvent(`metadata = jsonb_set(metadata, '{n}', '"3"')`),
  occurred_at: changeEvent("occurred_at = occurred_at + interval '1 millisecond'"),
  'occurred_at, beyond all dates': changeEvent("occurred_at = 'infinity'"),
  origin_digest: changeEvent('origin_digest = sha256(origin_digest)'),
  'origin_digest, to none': changeEvent('origin_digest = NULL'),
};

const origins: Record<string, Tampering> = {
  ip_address: changeOrigin("ip_address = '192.0.2.99'"),
  'ip_address, to none': changeOrigin('ip_address = NULL'),
  user_agent: changeOrigin("user_agent = 'another'"),
  'user_agent, exchanged for ip_address': changeOrigin(
    'user_agent = ip_address, ip_address = user_agent',
  ),
  salt: changeOrigin('salt = sha256(salt)'),
  'salt, to none': changeOrigin('salt = NULL'),
  audit_event_id: [
    `DELETE FROM audit_origin WHERE audit_event_id = ${eventAt(2)};
     UPDATE audit_origin SET audit_event_id = ${eventAt(2)} WHERE audit_event_id = ${eventAt(3)}`,
    'ORIGIN_CHANGED',
    2,
  ],
};

const links: Record<string, Tampering> = {
  'hash of a link': [
    'UPDATE audit_link SET hash = sha256(hash) WHERE position = 3',
    'HASH_MISMATCH',
    3,
  ],
  'event of a link, to another': [
    `UPDATE audit_link SET audit_event_id = (SELECT audit_event_id FROM audit_unlinked)
     WHERE position = 3`,
    'HASH_MISMATCH',
    3,
  ],
  'hash of two links, exchanged': [
    `UPDATE audit_link SET hash = (SELECT hash FROM audit_link o WHERE o.position = 5 - l.position)
     FROM audit_link l WHERE l.position = audit_link.position AND l.position IN (2, 3)`,
    'HASH_MISMATCH',
    2,
  ],
  'two links, exchanged': [
    `UPDATE audit_link SET position = 99 WHERE position = 3;
     UPDATE audit_link SET position = 3 WHERE position = 2;
     UPDATE audit_link SET position = 2 WHERE position = 99`,
    'HASH_MISMATCH',
    2,
  ],
  'position of a link, to before the first': [
    'UPDATE audit_link SET position = 0 WHERE position = 7',
    'POSITION_INVALID',
    0,
  ],
  'an event in the middle, deleted': [
    `DELETE FROM audit_event WHERE id = ${eventAt(3)}`,
    'EVENT_MISSING',
    3,
  ],
  'a link in the middle, deleted': [
    'DELETE FROM audit_link WHERE position = 3',
    'POSITION_MISSING',
    3,
  ],
  'the first link, deleted': ['DELETE FROM audit_link WHERE position = 1', 'POSITION_MISSING', 1],
  'a link and its event, deleted, and the later ones moved up': [
    `WITH gone AS (DELETE FROM audit_event WHERE id = ${eventAt(3)})
     DELETE FROM audit_link WHERE position = 3;
     UPDATE audit_link SET position = position - 1 WHERE position > 3`,
    'HASH_MISMATCH',
    3,
  ],
  'the end of the links, deleted': [
    'DELETE FROM audit_link WHERE position > 5',
    'EVENT_UNLINKED',
    null,
  ],
  'the end back to before a checkpoint, deleted': [
    `WITH gone AS (DELETE FROM audit_link WHERE position > 3 RETURNING audit_event_id)
     DELETE FROM audit_event WHERE id IN (SELECT audit_event_id FROM gone)`,
    'CHAIN_CUT',
    4,
  ],
  'all links and events, deleted': [
    'DELETE FROM audit_link; DELETE FROM audit_unlinked; DELETE FROM audit_event',
    'CHAIN_CUT',
    4,
  ],
  'an event, slipped in past the trigger': [
    "INSERT INTO audit_event (id, action, request_id) VALUES (gen_random_uuid(), 'forged', 'x')",
    'EVENT_UNLINKED',
    null,
  ],
  'a link, added at the end': [
    `INSERT INTO audit_event (id, action, request_id)
       VALUES ('00000000-0000-7000-8000-000000000001', 'forged', 'x');
     INSERT INTO audit_link (position, audit_event_id, hash)
       VALUES (8, '00000000-0000-7000-8000-000000000001', sha256('x'))`,
    'HASH_MISMATCH',
    8,
  ],
  'an event, taken off the list of those that wait': [
    'DELETE FROM audit_unlinked',
    'EVENT_UNLINKED',
    null,
  ],
  'an event of long ago, added to those that wait': [
    `INSERT INTO audit_event (id, action, request_id, occurred_at)
       VALUES ('00000000-0000-7000-8000-000000000001', 'forged', 'x', now() - interval '1 hour');
     INSERT INTO audit_unlinked VALUES ('00000000-0000-7000-8000-000000000001')`,
    'EVENT_PASSED_OVER',
    null,
  ],
};

const checkpoints: Record<string, Tampering> = {
  statement: [
    `UPDATE audit_checkpoint SET statement = overlay(statement placing 'AAAA' from 100)`,
    'CHECKPOINT_INVALID',
    4,
  ],
  'statement, to none at all': [
    `UPDATE audit_checkpoint SET statement = ''`,
    'CHECKPOINT_INVALID',
    4,
  ],
  public_jwk: [
    `UPDATE audit_checkpoint SET public_jwk = jsonb_set(public_jwk, '{x}',
       '"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"')`,
    'CHECKPOINT_INVALID',
    4,
  ],
  'public_jwk, to none at all': [
    `UPDATE audit_checkpoint SET public_jwk = '{}'`,
    'CHECKPOINT_INVALID',
    4,
  ],
  position: ['UPDATE audit_checkpoint SET position = 3', 'CHECKPOINT_INVALID', 3],
  'position, to beyond the end': ['UPDATE audit_checkpoint SET position = 99', 'CHAIN_CUT', 99],
};

let database: Database;
let keys: SigningKeys;
beforeAll(async () => {
  database = await openTestDatabase();
  keys = await openFirstKey(database, () => new Date());
});
afterAll(async () => {
  await keys.close();
  await database.close();
});

/** Makes a trail of seven links, of which a checkpoint covers four, and an event that waits. */
beforeEach(async () => {
  await emptyTables(database);
  await writeAudits(database, 4);
  await linkAll(database);
  const clock = () => new Date(Date.now() + 3_600_000);
  const issuer = 'https://auth.example.com';
  expect(await signIfDue({ database, keys, clock, log: captureLog().log, issuer })).toBe(true);
  await writeAudits(database, 3);
  await linkAll(database);
  await writeAudits(database, 1);
  expect(await verifyAuditTrail(database)).toMatchObject({
    links: 7,
    checkpoints: 1,
    waiting: 1,
    broken: null,
  });
});

/** Runs SQL as somebody whom no trigger stops. */
const tamper = (sql: string) =>
  database.prisma.$transaction(async (transaction) => {
    await transaction.$executeRaw`SELECT set_config('session_replication_role', 'replica', true)`;
    for (const statement of sql.split(';')) await transaction.$executeRawUnsafe(statement);
  });

describe.each([
  ['audit_event', events],
  ['audit_origin', origins],
  ['the chain', links],
  ['audit_checkpoint', checkpoints],
])('tampering with %s', (_, tamperings) => {
  it.each(Object.entries(tamperings))('is named: %s', async (__, [sql, fault, position]) => {
    await tamper(sql);
    const { broken } = await verifyAuditTrail(database);
    expect(broken).toMatchObject({
      fault,
      position: position === null ? null : BigInt(position),
    });
    if (fault === 'HASH_MISMATCH') {
      const chain = await readChain(database);
      expect(broken?.auditEventId).toBe(
        chain.find((link) => link.position === position)?.auditEventId,
      );
    }
  });
});

describe('the columns above', () => {
  // Written by the linker or the signer beside what they are sure of; the guide says so.
  const uncovered = ['audit_link.linked_at', 'audit_checkpoint.signed_at'];
  it.each([
    ['audit_event', Object.keys(events)],
    ['audit_origin', Object.keys(origins)],
    ['audit_checkpoint', Object.keys(checkpoints)],
    ['audit_link', ['position', 'audit_event_id', 'hash']],
  ])('are all that %s has', async (table, names) => {
    const columns = await database.prisma.$queryRaw<{ name: string }[]>`
      SELECT column_name::text AS name FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name = ${table}`;
    const covered = columns
      .map(({ name }) => name)
      .filter((name) => !uncovered.includes(`${table}.${name}`));
    expect(names).toEqual(expect.arrayContaining(covered));
  });
});

describe('what nobody can tell from the database alone', () => {
  const cutEnd = `
    WITH gone AS (DELETE FROM audit_link WHERE position > 5 RETURNING audit_event_id)
    DELETE FROM audit_event WHERE id IN (SELECT audit_event_id FROM gone)`;

  it('is that the end after the last checkpoint was cut off', async () => {
    await tamper(cutEnd);
    expect(await verifyAuditTrail(database)).toMatchObject({ links: 5, broken: null });
  });

  it('is told by a place that was written down elsewhere', async () => {
    const { head } = await verifyAuditTrail(database);
    const keptCheckpoints = [head];
    expect((await verifyAuditTrail(database, { keptCheckpoints })).broken).toBeNull();
    await tamper(cutEnd);
    const { broken } = await verifyAuditTrail(database, { keptCheckpoints });
    expect(broken).toMatchObject({ fault: 'CHAIN_CUT', position: 7n });
  });

  it('and so is a trail that was written anew as a whole', async () => {
    const { head } = await verifyAuditTrail(database);
    await tamper(`
      UPDATE audit_event SET action = 'forged' WHERE id = ${eventAt(1)};
      INSERT INTO audit_unlinked SELECT audit_event_id FROM audit_link;
      DELETE FROM audit_checkpoint; DELETE FROM audit_link`);
    await linkAll(database);
    expect(await verifyAuditTrail(database)).toMatchObject({ links: 8, broken: null });
    const { broken } = await verifyAuditTrail(database, { keptCheckpoints: [head] });
    expect(broken).toMatchObject({ fault: 'CHECKPOINT_DISAGREES', position: 7n });
  });
});
