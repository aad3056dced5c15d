import { beforeEach, describe, expect, it } from 'vitest';
import { encodeEventCursor, logStart } from '../../src/platform/event-log/cursor.ts';
import { pruneLog } from '../support/event-log.ts';
import { Events, listEvents } from '../support/listed-events.ts';
import { type Person, signUp } from '../support/people.ts';
import { bodyOf, postGraphql } from '../support/raw-request.ts';
import { codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';
import { rename } from '../support/user-stream.ts';

describe('a page of events', () => {
  const testApp = useTestApp();
  let ada: Person;
  let bob: Person;
  beforeEach(async () => {
    ada = await signUp(testApp, 'Ada');
    bob = await signUp(testApp, 'Bob');
  });

  it('reads on from its cursor, each event once', async () => {
    for (const name of ['A', 'B', 'C', 'D']) await rename(testApp, ada, name);
    const first = await listEvents(testApp, ada, { limit: 2 });
    const second = await listEvents(testApp, ada, { limit: 2, after: first.cursor });
    const third = await listEvents(testApp, ada, { limit: 2, after: second.cursor });
    expect([first, second, third].map(({ hasMore }) => hasMore)).toEqual([true, true, false]);
    const read = [first, second, third].flatMap(({ items }) => items.map(({ event }) => event.id));
    expect(read).toEqual((await listEvents(testApp, ada)).items.map(({ event }) => event.id));

    const nothing = await listEvents(testApp, ada, { after: third.cursor });
    expect(nothing).toEqual({ items: [], cursor: third.cursor, hasMore: false, gap: null });
    await rename(testApp, ada, 'E');
    expect((await listEvents(testApp, ada, { after: nothing.cursor })).items).toHaveLength(1);
  });

  it('reads on from the cursor of an event, and past events of others', async () => {
    await rename(testApp, ada, 'Augusta');
    const { items, cursor } = await listEvents(testApp, ada);
    const after = items[0]?.event.cursor ?? null;
    expect((await listEvents(testApp, ada, { after })).items).toEqual(items.slice(1));

    await rename(testApp, bob, 'Robert');
    const page = await listEvents(testApp, ada, { after: cursor });
    expect(page.items).toEqual([]);
    expect(page.cursor).not.toBe(cursor);
  });

  it('reads all from the cursor of an empty log', async () => {
    const after = encodeEventCursor(logStart);
    expect((await listEvents(testApp, ada, { after })).items).toHaveLength(1);
  });

  it('tells of events that are not kept any more, and goes on: RETENTION_EXCEEDED', async () => {
    const { cursor } = await listEvents(testApp, ada, { limit: 1 });
    for (const name of ['A', 'B', 'C']) await rename(testApp, ada, name);
    const { items } = await listEvents(testApp, ada);
    const kept = items.at(2)?.event.cursor ?? '';
    const { prisma } = testApp.database;
    const [, , row] = await prisma.loggedEvent.findMany({
      where: { userId: ada.userId },
      orderBy: { sequence: 'asc' },
    });
    await pruneLog(testApp.database, (row?.sequence ?? 0n) - 1n);

    const page = await listEvents(testApp, ada, { after: cursor });
    expect(page).toEqual({
      items: [],
      cursor: kept,
      hasMore: true,
      gap: { from: cursor, resumedAt: kept, reason: 'RETENTION_EXCEEDED' },
    });
    expect((await listEvents(testApp, ada, { after: page.cursor })).items).toEqual(items.slice(3));
  });

  it('tells of a cursor of another log: LOG_RESET', async () => {
    const after = encodeEventCursor({ sequence: 4711n, idPrefix: '0123456789abcdef' });
    const { cursor } = await listEvents(testApp, ada);
    expect(await listEvents(testApp, ada, { after })).toEqual({
      items: [],
      cursor,
      hasMore: false,
      gap: { from: after, resumedAt: cursor, reason: 'LOG_RESET' },
    });
  });

  it.each([0, -1, 101, 2_147_483_647])(
    'refuses a page of %i events: BAD_USER_INPUT',
    async (limit) => {
      const { body } = await send(testApp, Events, { limit }, ada);
      expect(body.data).toEqual({ events: null });
      expect(body.errors).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT', issues: [{ path: ['limit'] }] } },
      ]);
    },
  );

  it.each([
    ['nothing', ''],
    ['the cursor of a list', Buffer.from('["users/CREATED_AT/DESC"]').toString('base64url')],
    ['one character too many', `${encodeEventCursor(logStart)}A`],
    ['padding', `${encodeEventCursor(logStart)}==`],
    ['an unknown format', `Ag${encodeEventCursor(logStart).slice(2)}`],
    ['SQL', "1' OR sequence > 0 --"],
    ['a number', 4711],
    ['an object', { sequence: 1 }],
  ])('refuses %s for a cursor, without repeating it: BAD_USER_INPUT', async (_title, cursor) => {
    const after = cursor as string;
    const answer = await send(testApp, Events, { after }, ada);
    expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
    if (after !== '') expect(JSON.stringify(answer.body.errors)).not.toContain(String(after));
    const query = `{ events(after: ${JSON.stringify(cursor).replace('"sequence"', 'sequence')}) { cursor } }`;
    const headers = { authorization: `Bearer ${ada.accessToken}` };
    const written = await bodyOf(await postGraphql(testApp, { query }, headers));
    expect(written.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    if (after !== '') expect(JSON.stringify(written.errors)).not.toContain(String(after));
  });
});
