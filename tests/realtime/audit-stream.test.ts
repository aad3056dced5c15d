import { beforeEach, describe, expect, it } from 'vitest';
import { encodeEventCursor, logStart } from '../../src/platform/event-log/cursor.ts';
import { graphql } from '../generated/index.ts';
import { followAudit, nextActions, nextAudit } from '../support/audit-stream.ts';
import { writeAudits } from '../support/audit-trail.ts';
import { listEvents } from '../support/listed-events.ts';
import { globalId, type Person, signIn, signUp, signUpAdmin } from '../support/people.ts';
import { ask } from '../support/request.ts';
import { watchStatements } from '../support/statements.ts';
import { useTestApp } from '../support/test-app.ts';
import { rename, settle } from '../support/user-stream.ts';

const Trail = graphql(`
  query AuditStreamTrail($filter: AuditFilter, $first: Int) {
    auditEvents(filter: $filter, first: $first) { nodes { id action cursor } }
  }
`);
const start = encodeEventCursor(logStart);
const renamed = 'user.profile-updated';

describe('the stream of the audit trail', () => {
  const testApp = useTestApp();
  let admin: Person;
  let ada: Person;
  beforeEach(async () => {
    admin = await signUpAdmin(testApp);
    ada = await signUp(testApp, 'Ada');
    await settle(testApp, ada);
  });

  it('tells what is written down as it happens, and of the same entry as the list', async () => {
    const stream = await followAudit(testApp, admin);
    await rename(testApp, ada, 'Augusta');
    const { topic, event } = await nextAudit(stream);
    expect(topic).toBe('AUDIT');
    expect(event).toMatchObject({
      auditEvent: { action: renamed, targetId: ada.id, cursor: event.cursor },
    });
    const filter = { actions: [renamed], actorId: ada.id };
    const { auditEvents } = await ask(testApp, Trail, { filter, first: 1 }, admin);
    const entry = { id: event.auditEvent?.id, action: renamed, cursor: event.cursor };
    expect(auditEvents?.nodes).toEqual([entry]);
    expect(Buffer.from(entry.id ?? '', 'base64').toString()).toBe(`AuditEvent:${event.id}`);
    await stream.leave();
  });

  it('tells of what concerns strangers, too', async () => {
    const stream = await followAudit(testApp, admin, { filter: { actions: ['sign-in.refused'] } });
    await signIn(testApp, { ...ada, password: 'wrong' }).catch(() => undefined);
    await signIn(testApp, { ...ada, email: 'nobody@example.com' }).catch(() => undefined);
    expect(await nextActions(stream, 2)).toEqual(['sign-in.refused', 'sign-in.refused']);
    await stream.leave();
  });

  it.each([
    ['the act', () => ({ actions: [renamed] })],
    ['who acted', () => ({ actorId: ada.id })],
    ['what it was done to', () => ({ targetId: ada.id })],
  ])('wants by %s what the list wants, read back and live alike', async (_part, filter) => {
    await rename(testApp, admin, 'Admin');
    await rename(testApp, ada, 'A');
    const { auditEvents } = await ask(testApp, Trail, { filter: filter(), first: 100 }, admin);
    const listed = auditEvents?.nodes ?? [];
    const stream = await followAudit(testApp, admin, { filter: filter(), after: start });
    const told: unknown[] = [];
    while (told.length < listed.length) told.push((await nextAudit(stream)).event.auditEvent?.id);
    expect(told.sort()).toEqual(listed.map(({ id }) => id).sort());

    await signIn(testApp, admin);
    await rename(testApp, ada, 'B');
    expect(await nextActions(stream, 1)).toEqual([renamed]);
    await stream.leave();
  });

  it('reads the entries of a page back in one statement, whatever the filter leaves', async () => {
    await writeAudits(testApp.database, 150);
    await rename(testApp, ada, 'Augusta');
    const filter = { targetId: ada.id, actions: [renamed] };
    const after = (await listEvents(testApp, admin, { topics: [], after: start })).cursor;
    const { sent } = await watchStatements(testApp.database).record(
      async () => {
        const stream = await followAudit(testApp, admin, { filter, after: start });
        await nextActions(stream, 2);
        await stream.leave();
      },
      { everything: true },
    );
    expect(after).not.toBe(start);
    const entries = sent.filter((sql) => /LEFT JOIN audit_origin/.test(sql));
    // As many pages of 100 as there are, and no more.
    expect(entries.length).toBeGreaterThanOrEqual(2);
    expect(entries.length).toBeLessThanOrEqual(4);
  });

  it('tells many readers with filters of an event by one statement for its entry', async () => {
    const filter = { actions: [renamed] };
    const streams = await Promise.all(
      Array.from({ length: 20 }, () => followAudit(testApp, admin, { filter })),
    );
    for (const stream of streams) await stream.nextData();
    const waiting = Promise.all(streams.map((stream) => nextActions(stream, 1)));
    // The telling of an event is nobody's work alone.
    const sent = watchStatements(testApp.database).noteAll();
    await rename(testApp, ada, 'Augusta');
    expect(await waiting).toEqual(streams.map(() => [renamed]));
    expect(sent.filter((sql) => /LEFT JOIN audit_origin/.test(sql))).toHaveLength(1);
    for (const stream of streams) await stream.leave();
  });

  it('is part of the stream and the list of all events', async () => {
    await rename(testApp, ada, 'Augusta');
    const { items } = await listEvents(testApp, admin, { topics: ['AUDIT'] });
    expect(items.at(-1)?.event).toMatchObject({ auditEvent: { action: renamed } });
    expect((await listEvents(testApp, ada, { topics: ['AUDIT'] })).items).toEqual([]);
  });

  it('reads the cursors of a page in one statement', async () => {
    await writeAudits(testApp.database, 30);
    const { sent, result } = await watchStatements(testApp.database).record(
      () => ask(testApp, Trail, { filter: {}, first: 30 }, admin),
      { everything: true },
    );
    const cursors = result.auditEvents?.nodes.map(({ cursor }) => cursor);
    expect(new Set(cursors).size).toBe(30);
    const byId = /FROM "public"."logged_event" WHERE \(?"public"."logged_event"."id" IN/;
    expect(sent.filter((sql) => byId.test(sql))).toHaveLength(1);
  });

  it('gives no cursor of an entry that the log does not hold any more', async () => {
    await rename(testApp, ada, 'Augusta');
    const filter = { actions: [renamed], targetId: globalId('User', ada.userId) };
    await testApp.database.prisma.loggedEvent.deleteMany({ where: { topic: 'AUDIT' } });
    const { auditEvents } = await ask(testApp, Trail, { filter, first: 1 }, admin);
    expect(auditEvents?.nodes).toMatchObject([{ action: renamed, cursor: null }]);
  });
});
