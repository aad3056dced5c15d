import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEventsQueryVariables, AuditFilter } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { linkAll, readChain, writeAudits } from '../support/audit-trail.ts';
import {
  databaseId,
  globalId,
  type Person,
  signIn,
  signUp,
  signUpAdmin,
  signUpWith,
} from '../support/people.ts';
import { explain } from '../support/query-plans.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { countStatements, type StatementWatch, watchStatements } from '../support/statements.ts';
import { useTestApp } from '../support/test-app.ts';

const AuditEvents = graphql(`
  query AuditEvents($filter: AuditFilter, $first: Int, $after: String, $last: Int, $before: String) {
    auditEvents(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { id action } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`);

const InFull = graphql(`
  query AuditEventsInFull($filter: AuditFilter, $first: Int) {
    auditEvents(filter: $filter, first: $first) {
      nodes {
        id action targetId ipAddress userAgent requestId metadata occurredAt previousHash hash
        actor { id displayName email }
      }
    }
  }
`);

const OfUser = graphql(`
  query AuditEventsOfUser($id: ID!, $first: Int, $after: String) {
    user(id: $id) {
      auditEvents(first: $first, after: $after) {
        nodes { id action }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

const Node = graphql(`
  query AuditEventNode($id: ID!) {
    node(id: $id) { __typename id ... on AuditEvent { action } }
  }
`);

const auditId = (id: string) => Buffer.from(`AuditEvent:${id}`).toString('base64');

const testApp = useTestApp();
let watch: StatementWatch;
let admin: Person;
let sender: { accessToken: string };
beforeAll(() => {
  watch = watchStatements(testApp.database);
});
beforeEach(async () => {
  admin = await signUpAdmin(testApp);
  sender = { accessToken: admin.accessToken };
});

const list = async (variables: AuditEventsQueryVariables = {}) => {
  const { auditEvents } = await ask(testApp, AuditEvents, variables, sender);
  if (!auditEvents) throw new Error('There is no answer.');
  return auditEvents;
};
const actionsOf = async (filter: AuditFilter) =>
  (await list({ filter, first: 100 })).edges.map(({ node }) => node.action);
const full = async (filter: AuditFilter) => {
  const { auditEvents } = await ask(testApp, InFull, { filter }, sender);
  return auditEvents?.nodes ?? [];
};

describe('an audit event', () => {
  it('tells who did what to what, from where and when', async () => {
    const ada = await signIn(testApp, await signUp(testApp), {
      ipAddress: '192.0.2.7',
      userAgent: 'a phone',
    });
    await linkAll(testApp.database);
    const [event] = await full({ ipAddress: '192.0.2.7' });
    const chain = await readChain(testApp.database);
    const at = chain.findIndex(({ auditEventId }) => auditEventId === databaseId(event?.id ?? ''));
    expect(event).toMatchObject({
      action: 'session.started',
      actor: { id: ada.id, displayName: ada.displayName, email: ada.email },
      targetId: globalId('Session', ada.sessionId),
      ipAddress: '192.0.2.7',
      userAgent: 'a phone',
      requestId: expect.stringMatching(/./),
      metadata: { amr: ['PASSWORD'] },
      hash: chain[at]?.hash,
      previousHash: chain[at - 1]?.hash,
    });
    expect(Date.now() - Date.parse(String(event?.occurredAt))).toBeLessThan(60_000);
  });

  it('has no hash before it is linked, and zeros before the first', async () => {
    const filter = { actions: ['user.profile-updated'] };
    await writeAudits(testApp.database, 1);
    // Whether the instance has linked it already is a matter of seconds.
    const [event] = await full(filter);
    expect(Boolean(event?.hash)).toBe(Boolean(event?.previousHash));
    await linkAll(testApp.database);
    expect(await full(filter)).toMatchObject([{ hash: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    const [first] = await readChain(testApp.database);
    const id = auditId(first?.auditEventId ?? '');
    const all = (await ask(testApp, InFull, { first: 100 }, sender)).auditEvents?.nodes;
    expect(all?.find((node) => node.id === id)?.previousHash).toBe('0'.repeat(64));
  });

  it('has no actor who is gone, hidden or nobody', async () => {
    const [tombstone, suspended] = [await signUp(testApp), await signUp(testApp)];
    const { prisma } = testApp.database;
    await prisma.user.update({ where: { id: tombstone.userId }, data: { deletedAt: new Date() } });
    await prisma.user.update({ where: { id: suspended.userId }, data: { status: 'SUSPENDED' } });
    expect((await full({ actorId: tombstone.id })).map(({ actor }) => actor)).toEqual([
      null,
      null,
      null,
    ]);
    expect((await full({ actorId: suspended.id })).map(({ actor }) => actor?.id)).toEqual([
      suspended.id,
      suspended.id,
      suspended.id,
    ]);
    // Without users:read, only active users are seen.
    sender = await signUpWith(testApp, ['audit:read']);
    const { auditEvents } = await ask(
      testApp,
      graphql(`
        query AuditEventActors($filter: AuditFilter) {
          auditEvents(filter: $filter) { nodes { actor { id } } }
        }
      `),
      { filter: { actorId: suspended.id } },
      sender,
    );
    expect(auditEvents?.nodes).toEqual([{ actor: null }, { actor: null }, { actor: null }]);
    expect((await full({ actions: ['sign-up.requested'] }))[0]).toMatchObject({
      actor: null,
      targetId: null,
    });
  });

  it('has neither address nor user agent once they are erased', async () => {
    await testApp.database.prisma.auditOrigin.deleteMany();
    const events = await full({ actorId: admin.id });
    expect(events).not.toEqual([]);
    for (const event of events) expect(event).toMatchObject({ ipAddress: null, userAgent: null });
  });

  it('is a node for those who may read the trail, and so is its target', async () => {
    const [event] = await full({ actions: ['user.created'] });
    const id = event?.id ?? '';
    const { node } = await ask(testApp, Node, { id }, sender);
    expect(node).toEqual({ __typename: 'AuditEvent', id, action: 'user.created' });
    const target = await ask(testApp, Node, { id: event?.targetId ?? '' }, sender);
    expect(target.node).toMatchObject({ __typename: 'User', id: event?.targetId });
    const { accessToken } = await signUpWith(testApp, ['users:read']);
    expect((await ask(testApp, Node, { id }, { accessToken })).node).toBeNull();
  });

  it('takes as many statements for two as for twenty, with all that belongs to them', async () => {
    for (let n = 0; n < 8; n++) await signUp(testApp);
    await linkAll(testApp.database);
    const counts = [];
    // The first one looks up who calls, too.
    await list();
    for (const first of [2, 20]) {
      const { sent, result } = await watch.record(() => ask(testApp, InFull, { first }, sender));
      expect(result.auditEvents?.nodes).toHaveLength(first);
      counts.push(countStatements(sent).statements);
    }
    expect(counts).toEqual([6, 6]);
  });
});

describe('auditEvents', () => {
  it('lists all once, newest first, forwards and backwards', async () => {
    await writeAudits(testApp.database, 23);
    const rows = await testApp.database.prisma.auditEvent.findMany({ orderBy: { id: 'desc' } });
    const expected = rows.map(({ id }) => auditId(id));
    for (const backwards of [false, true]) {
      const ids: string[] = [];
      let cursor: string | null = null;
      do {
        const place: AuditEventsQueryVariables = backwards
          ? { last: 7, before: cursor }
          : { first: 7, after: cursor };
        const { edges, pageInfo } = await list(place);
        const found = edges.map(({ node }) => node.id);
        if (backwards) ids.unshift(...found);
        else ids.push(...found);
        cursor = backwards
          ? pageInfo.hasPreviousPage
            ? (pageInfo.startCursor ?? null)
            : null
          : pageInfo.hasNextPage
            ? (pageInfo.endCursor ?? null)
            : null;
      } while (cursor !== null);
      expect(ids).toEqual(expected);
    }
    expect((await list()).edges).toHaveLength(20);
  });

  it('filters by exact actions, actor, target, address and time, all of which must hold', async () => {
    const ada = await signUp(testApp);
    await signIn(testApp, ada, { ipAddress: '192.0.2.7' });
    expect(await actionsOf({ actions: ['user.created'], actorId: ada.id })).toEqual([
      'user.created',
    ]);
    expect(await actionsOf({ actions: ['user.created', 'session.started'] })).toEqual([
      'session.started',
      'session.started',
      'user.created',
      'session.started',
      'user.created',
    ]);
    expect(await actionsOf({ actions: ['user'] })).toEqual([]);
    expect(await actionsOf({ targetId: ada.id })).toEqual(['user.created']);
    expect(await actionsOf({ targetId: globalId('Session', ada.sessionId) })).toEqual([
      'session.started',
    ]);
    expect(await actionsOf({ ipAddress: '192.0.2.7' })).toEqual(['session.started']);
    expect(await actionsOf({ ipAddress: '192.0.2.7', actorId: admin.id })).toEqual([]);
    expect(await actionsOf({ ipAddress: '192.0.2.7', actions: ['user.created'] })).toEqual([]);
  });

  it('filters by time to the millisecond, with both bounds, also where ids are some minutes off', async () => {
    const { prisma } = testApp.database;
    const start = Date.now() - 300_000;
    const moments = [-1, 0, 10, 11].map((ms) => new Date(start + ms).toISOString());
    const [, from, to] = moments;
    await prisma.auditEvent.createMany({
      data: moments.map((occurredAt, index) => ({
        action: `test.${index}`,
        requestId: 'x',
        occurredAt,
      })),
    });
    expect(await actionsOf({ occurredAt: { from, to } })).toEqual(['test.2', 'test.1']);
    expect(await actionsOf({ occurredAt: { to } })).toEqual(['test.2', 'test.1', 'test.0']);
    expect(await actionsOf({ occurredAt: { from }, actions: ['test.0', 'test.3'] })).toEqual([
      'test.3',
    ]);
    const long = { from: '0001-01-01T00:00:00Z', to: '9999-12-31T23:59:59Z' };
    expect(await actionsOf({ occurredAt: long, actions: ['test.0'] })).toEqual(['test.0']);
    expect(await actionsOf({ occurredAt: { to: '0001-01-01T00:00:00Z' } })).toEqual([]);
  });

  it.each<[string, AuditEventsQueryVariables]>([
    ['no action', { filter: { actions: [] } }],
    ['21 actions', { filter: { actions: Array.from({ length: 21 }, () => 'a') } }],
    ['an action that none can be', { filter: { actions: ['a\0'] } }],
    ['an address that none can be', { filter: { ipAddress: '\0' } }],
    ['a long address', { filter: { ipAddress: '1'.repeat(65) } }],
    ['an actor who is no user', { filter: { actorId: globalId('Session', randomUUID()) } }],
    ['a target that is no id', { filter: { targetId: 'x' } }],
    [
      'time that runs backwards',
      { filter: { occurredAt: { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' } } },
    ],
    ['a page of 101', { first: 101 }],
    ['a cursor of another list', { after: Buffer.from('["users","",""]').toString('base64url') }],
  ])('refuses %s: BAD_USER_INPUT', async (_, variables) => {
    expect(codesOf(await send(testApp, AuditEvents, variables, sender))).toEqual([
      'BAD_USER_INPUT',
    ]);
  });
});

describe('User.auditEvents', () => {
  it('lists what they did and what was done to their account, each once', async () => {
    const ada = await signUp(testApp);
    await signUp(testApp);
    const data = { action: 'test.on-them', requestId: 'x', targetId: ada.userId };
    await testApp.database.prisma.auditEvent.create({ data });
    const read = async (first: number, after: string | null = null) =>
      (await ask(testApp, OfUser, { id: ada.id, first, after }, sender)).user?.auditEvents;
    const all = await read(10);
    expect(all?.nodes.map(({ action }) => action)).toEqual([
      'test.on-them',
      'session.started',
      'sign-up.confirmed',
      'user.created',
    ]);
    const page = await read(2);
    expect(page?.nodes).toEqual(all?.nodes.slice(0, 2));
    expect(page?.pageInfo.hasNextPage).toBe(true);
    const rest = await read(2, page?.pageInfo.endCursor);
    expect(rest).toMatchObject({
      nodes: all?.nodes.slice(2) ?? [],
      pageInfo: { hasNextPage: false },
    });
  });

  it('is not for the user themself: FORBIDDEN', async () => {
    const { id, accessToken } = await signUp(testApp);
    expect(codesOf(await send(testApp, OfUser, { id }, { accessToken }))).toEqual(['FORBIDDEN']);
  });
});

describe('among many events, a page', () => {
  const rows = 20_000;
  const rare = randomUUID();
  const middle = new Date('2026-06-01T00:00:00.000Z');
  const uuidAt = `(lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' ||
    substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid`;
  beforeEach(async () => {
    const { prisma } = testApp.database;
    await prisma.$executeRawUnsafe(
      `INSERT INTO audit_event (id, action, actor_id, target_id, request_id, occurred_at)
       SELECT ${uuidAt}, 'test.' || n % 5, md5((n % 50)::text)::uuid, md5((n % 40)::text)::uuid, 'x', at
       FROM (SELECT n, $1::timestamptz + (n - ${rows / 2}) * interval '1 minute' AS at
         FROM generate_series(1, ${rows}) n) moments`,
      middle,
    );
    await prisma.$executeRaw`
      INSERT INTO audit_origin (audit_event_id, ip_address)
      SELECT id, '198.51.100.' || abs(hashtext(id::text)) % 200 FROM audit_event ON CONFLICT DO NOTHING`;
    await prisma.$executeRaw`
      INSERT INTO audit_event (id, action, actor_id, target_id, request_id)
      VALUES (${rare}::uuid, 'test.rare', ${rare}::uuid, ${rare}::uuid, 'x')`;
    await prisma.$executeRaw`ANALYZE`;
  }, 60_000);

  const minutes = (count: number) => new Date(middle.getTime() + count * 60_000).toISOString();
  const filters: [string, AuditFilter][] = [
    ['of all', {}],
    ['by a frequent action', { actions: ['test.1'] }],
    ['by a rare action', { actions: ['test.rare'] }],
    ['by several actions', { actions: ['test.1', 'test.2', 'test.rare', 'test.none'] }],
    ['by actor', { actorId: globalId('User', rare) }],
    ['by target', { targetId: globalId('User', rare) }],
    ['by address', { ipAddress: '198.51.100.7' }],
    ['by an address from which nothing came', { ipAddress: '203.0.113.1' }],
    ['from a moment', { occurredAt: { from: minutes(0) } }],
    ['up to a moment', { occurredAt: { to: minutes(0) } }],
    ['in a span of time', { occurredAt: { from: minutes(-5), to: minutes(5) } }],
    [
      'in a span of time, by address',
      { ipAddress: '198.51.100.7', occurredAt: { from: minutes(-900), to: minutes(5) } },
    ],
  ];

  it('reads few rows by indexes, whatever it is filtered by', async () => {
    for (const [name, filter] of filters) {
      const run = () => list({ filter });
      const { sent, values } = await watch.record(run);
      const index = sent.findIndex((sql) => sql.includes('LIMIT'));
      const sql = sent[index] ?? '';
      const steps = await explain(
        testApp.database,
        { sql, values: values[index] ?? [] },
        { analyze: true },
      );
      expect(
        steps.map((step) => step['Node Type']),
        name,
      ).not.toContain('Seq Scan');
      const removed = steps.map((step) => step['Rows Removed by Filter'] ?? 0);
      // Others on the way to a page of what is frequent, and those in the minutes that ids may be off.
      expect(Math.max(...removed), name).toBeLessThanOrEqual(200);
    }
  }, 60_000);
});
