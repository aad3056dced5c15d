import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { userChanged } from '../../src/modules/user/user.events.ts';
import { appendEvents } from '../../src/platform/event-log/append.ts';
import { encodeEventCursor, logStart } from '../../src/platform/event-log/cursor.ts';
import { announceAccess } from '../support/access-notices.ts';
import { replaceLog } from '../support/event-log.ts';
import { type Person, signUp, signUpAdmin } from '../support/people.ts';
import { countsOfAll, type StatementWatch, watchStatements } from '../support/statements.ts';
import { useTestApp } from '../support/test-app.ts';
import {
  followUser,
  followUserOn,
  nextItem,
  readItem,
  rename,
  settle,
  type UserStream,
} from '../support/user-stream.ts';

const start = encodeEventCursor(logStart);

describe('userChanged', () => {
  const testApp = useTestApp();
  let watch: StatementWatch;
  beforeAll(() => {
    watch = watchStatements(testApp.database);
  });
  let ada: Person;
  let bob: Person;
  beforeEach(async () => {
    ada = await signUp(testApp, 'Ada');
    bob = await signUp(testApp, 'Bob');
    await settle(testApp, bob);
  });

  it('tells of a change as it happens, with the account as it is then', async () => {
    const stream = await followUserOn(testApp, ada.id, ada);
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    expect(await nextItem(stream)).toMatchObject({ __typename: 'StreamCaughtUp' });

    await rename(testApp, ada, 'Augusta');
    expect(await nextItem(stream)).toMatchObject({
      __typename: 'EventEnvelope',
      topic: 'USER',
      replayed: false,
      event: {
        change: 'UPDATED',
        changedFields: ['displayName'],
        userId: ada.id,
        user: { id: ada.id, displayName: 'Augusta' },
      },
    });
    await stream.leave();
  });

  it('begins now without a cursor', async () => {
    const stream = await followUser(testApp, ada.id, ada);
    const { cursor, says } = await readItem(stream);
    expect(says).toBe('caught up');
    await stream.leave();

    await rename(testApp, ada, 'Augusta');
    const resumed = await followUser(testApp, ada.id, ada, cursor);
    const told = [await readItem(resumed), await readItem(resumed)].map((item) => item.says);
    expect(told).toContain('caught up');
    expect(told.map((says) => says.replace('old ', ''))).toContain('UPDATED');
    await resumed.leave();
  });

  it('loses nothing and repeats nothing to a reader that comes back with its cursor', async () => {
    const first = await followUser(testApp, ada.id, ada, start);
    expect((await readItem(first)).says).toBe('old CREATED');
    expect((await readItem(first)).says).toBe('caught up');
    await rename(testApp, ada, 'A');
    const { cursor, says } = await readItem(first);
    expect(says).toBe('UPDATED');
    await first.leave();

    await rename(testApp, ada, 'B');
    await rename(testApp, bob, 'Robert');
    await rename(testApp, ada, 'C');
    const second = await followUser(testApp, ada.id, ada, cursor);
    await rename(testApp, ada, 'D');
    const told = [await nextItem(second)];
    while (told.length < 4) told.push(await nextItem(second));
    const events = told.filter((item) => item.__typename === 'EventEnvelope');
    expect(new Set(events.map(({ event }) => event.cursor)).size).toBe(3);
    // How many of them the instance has read by then, nobody can know.
    const replayed = told.findIndex((item) => item.__typename === 'StreamCaughtUp');
    expect(events.map((item) => item.replayed)).toEqual([0, 1, 2].map((n) => n < replayed));
    await second.leave();
  });

  it('tells several readers the same', async () => {
    const admin = await signUpAdmin(testApp);
    const one = await followUserOn(testApp, bob.id, bob);
    const other = await followUserOn(testApp, bob.id, admin);
    expect((await readItem(one)).says).toBe('caught up');
    expect((await readItem(other)).says).toBe('caught up');
    await rename(testApp, ada, 'Augusta');
    await rename(testApp, bob, 'Robert');
    const told = await readItem(one);
    expect(told.says).toBe('UPDATED');
    expect(await readItem(other)).toEqual(told);
    await one.leave();
    await other.leave();
  });

  it('has no user once the account is gone', async () => {
    const admin = await signUpAdmin(testApp);
    await testApp.database.prisma.user.delete({ where: { id: bob.userId } });
    const stream = await followUser(testApp, bob.id, admin, start);
    expect(await nextItem(stream)).toMatchObject({ event: { userId: bob.id, user: null } });
    await stream.leave();
  });

  it('tells of a log that is another one by now, and goes on: LOG_RESET', async () => {
    const stream = await followUserOn(testApp, ada.id, ada);
    const { cursor } = await readItem(stream);
    await stream.leave();
    await rename(testApp, ada, 'Augusta');
    await replaceLog(testApp.database, 'restored');

    const resumed = await followUser(testApp, ada.id, ada, cursor);
    const told = [await nextItem(resumed), await nextItem(resumed)];
    // Caught up first, where the instance itself had not read on before.
    expect(told.map((item) => item.__typename).sort()).toEqual(['StreamCaughtUp', 'StreamGap']);
    const gap = told.find((item) => item.__typename === 'StreamGap');
    expect(gap).toMatchObject({ reason: 'LOG_RESET', from: cursor });
    await resumed.leave();
  });

  it('tells a reader that falls far behind, and goes on: SLOW_CONSUMER', async () => {
    const stream = await followUserOn(testApp, ada.id, ada);
    expect((await readItem(stream)).says).toBe('caught up');
    const many = Array.from({ length: 1500 }, () => userChanged(ada.userId, 'UPDATED', []));
    await testApp.database.prisma.$transaction((transaction) => appendEvents(transaction, many));
    await rename(testApp, ada, 'Augusta');

    let item = await nextItem(stream);
    while (item.__typename === 'EventEnvelope') item = await nextItem(stream);
    expect(item).toMatchObject({ __typename: 'StreamGap', reason: 'SLOW_CONSUMER' });
    while (!JSON.stringify(item).includes('"changedFields":["displayName"]')) {
      item = await nextItem(stream);
    }
    await stream.leave();
  });

  it('ends when its reader leaves', async () => {
    const stream = await followUser(testApp, ada.id, ada);
    await readItem(stream);
    testApp.logged.lines.splice(0);
    await stream.leave();
    expect(await testApp.logged.line('stream')).toMatchObject({ outcome: 'ended', answers: 1 });
  });

  it('reads the viewer once to begin, and the account alone for an event', async () => {
    const countOf = countsOfAll(watch);
    await rename(testApp, ada, 'Augusta');
    const alone = await countOf(() => rename(testApp, ada, 'Ada'));
    await announceAccess(testApp, 'everybody');
    const streams: UserStream[] = [];
    const begin = async () => streams.push(await followUser(testApp, ada.id, ada));
    expect(await countOf(begin)).toBe(1);
    const [stream] = streams as [UserStream];
    expect(await countOf(() => readItem(stream))).toBe(0);
    const told = () => Promise.all([rename(testApp, ada, 'Augusta'), readItem(stream)]);
    expect((await countOf(told)) - alone).toBe(1);
    await stream.leave();
  });
});
