import { Prisma } from '../../src/generated/prisma/client.ts';
import type { Database } from '../../src/platform/database/database.ts';
import type { Person } from './people.ts';
import { fillTables } from './query-plans.ts';

/** How many sessions, messages, events and acts each person has, as many as are for everybody. */
const lengthOfLists = (accounts: number) => accounts / 20;

/** A UUIDv7 of `n` minutes ago. */
const idOfMinute = Prisma.sql`overlay(gen_random_uuid()::text PLACING regexp_replace(
  lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint - n * 60000), 12, '0'),
  '^(.{8})', '\\1-') FROM 1 FOR 13)::uuid`;

/**
 * Fills every table that grows, so that reading one as a whole is what the planner avoids, and gives
 * two people lists that are long, and few among what is of others.
 */
export async function fillAll(
  database: Database,
  accounts: number,
  people: readonly [Person, Person],
): Promise<void> {
  const { prisma } = database;
  await fillTables(database, accounts);
  const ids = people.map(({ userId }) => userId);
  const listed = lengthOfLists(accounts);
  await prisma.$executeRaw`
    INSERT INTO avatar (user_id, digest) SELECT id, md5(id::text) FROM "user" ON CONFLICT DO NOTHING`;
  await prisma.$executeRaw`
    INSERT INTO user_presence (user_id) SELECT id FROM "user" ON CONFLICT DO NOTHING`;
  await prisma.$executeRaw`
    INSERT INTO connection_lease (instance_id, session_id, user_id, connections, expires_at)
    SELECT gen_random_uuid(), id, user_id, 1, now() + interval '1 hour' FROM session`;
  await prisma.$executeRaw`
    INSERT INTO user_block (blocker_id, blocked_id)
    SELECT id, lag(id) OVER (ORDER BY id) FROM "user" ORDER BY id OFFSET 1`;
  await prisma.$executeRaw`
    INSERT INTO data_export (id, user_id, requested_at) SELECT gen_random_uuid(), id, now() FROM "user"`;
  // As many to and from each person as there are accounts, and as many to everybody; ids sort by time.
  await prisma.$executeRaw`
    INSERT INTO message (id, sender_id, recipient_id, channel, conversation, body)
    SELECT ${idOfMinute},
      CASE n % 2 WHEN 0 THEN person ELSE u.id END, CASE n % 2 WHEN 0 THEN u.id ELSE person END, NULL,
      least(person::text, u.id::text) || ':' || greatest(person::text, u.id::text), 'x'
    FROM (SELECT id, row_number() OVER (ORDER BY id) n FROM "user" LIMIT ${listed}) u,
      unnest(${ids}::uuid[]) person`;
  const [one = '', other = ''] = ids.toSorted();
  await prisma.$executeRaw`
    INSERT INTO message (id, sender_id, recipient_id, conversation, body)
    SELECT ${idOfMinute}, ${one}::uuid, ${other}::uuid, ${`${one}:${other}`}, 'x'
    FROM generate_series(1, ${listed}::int) n`;
  await prisma.$executeRaw`
    INSERT INTO message (id, sender_id, recipient_id, conversation, body)
    SELECT ${idOfMinute}, before, id, least(before::text, id::text) || ':' || greatest(before::text, id::text), 'x'
    FROM (
      SELECT id, lag(id) OVER (ORDER BY id) before, row_number() OVER (ORDER BY id) n FROM "user"
    ) u WHERE before IS NOT NULL`;
  await prisma.$executeRaw`
    INSERT INTO message (id, channel, conversation, body)
    SELECT ${idOfMinute},
      'broadcast', 'broadcast', 'x'
    FROM generate_series(1, ${listed}::int) n`;
  await prisma.$executeRaw`
    INSERT INTO session (id, user_id, salt, created_at, authenticated_at, expires_at, idle_expires_at)
    SELECT gen_random_uuid(), person, '\\x00', now() - n * interval '1 minute', now(),
      now() + interval '1 day', now() + interval '1 day'
    FROM generate_series(1, ${listed}::int) n, unnest(${ids}::uuid[]) person`;
  await prisma.$executeRaw`
    INSERT INTO logged_event (id, topic, type, user_id, data)
    SELECT gen_random_uuid(), 'USER', 'UserChanged', person, '{"change": "UPDATED", "changedFields": []}'
    FROM generate_series(1, ${listed}::int) n, unnest(${ids}::uuid[]) person`;
  await prisma.$executeRaw`
    INSERT INTO logged_event (id, topic, type, audience, data)
    SELECT gen_random_uuid(), 'MESSAGE', 'MessageReceived', 'broadcast', '{"messageId": null}'
    FROM generate_series(1, ${listed}::int) n`;
  await fillAudit(database, listed, ids);
  await prisma.$executeRaw`VACUUM ANALYZE`;
}

/** At once, or the linker would be busy with what has no link yet. */
async function fillAudit({ prisma }: Pick<Database, 'prisma'>, listed: number, ids: string[]) {
  await prisma.$transaction([
    prisma.$executeRaw`
      INSERT INTO audit_event (id, action, actor_id, target_id, request_id, occurred_at)
      SELECT ${idOfMinute},
        CASE n % 50 WHEN 0 THEN 'role.created' ELSE 'session.started' END, id, id, 'many',
        now() - n * interval '1 minute'
      FROM (SELECT id, row_number() OVER (ORDER BY id) n FROM "user") u`,
    prisma.$executeRaw`
      INSERT INTO audit_event (id, action, actor_id, target_id, request_id, occurred_at)
      SELECT ${idOfMinute},
        'user.profile-updated', person, person, 'many', now() - n * interval '1 minute'
      FROM generate_series(1, ${listed}::int) n, unnest(${ids}::uuid[]) person`,
    prisma.$executeRaw`
      INSERT INTO audit_origin (audit_event_id, ip_address)
      SELECT id, '192.0.2.' || substr(md5(id::text), 1, 2) FROM audit_event ON CONFLICT DO NOTHING`,
    prisma.$executeRaw`
      INSERT INTO audit_link (position, audit_event_id, hash)
      SELECT 1000000 + row_number() OVER (ORDER BY id), id, '\\x00' FROM audit_event
      WHERE request_id = 'many'`,
    prisma.$executeRaw`
      DELETE FROM audit_unlinked USING audit_link l
      WHERE audit_unlinked.audit_event_id = l.audit_event_id`,
  ]);
}
