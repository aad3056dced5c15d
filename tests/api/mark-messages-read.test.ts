import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { block, broadcast, listMessages, markRead, write } from '../support/messages.ts';
import { globalId, type Person, signUp, signUpAdmin } from '../support/people.ts';
import { codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const Unfit = graphql(`
  mutation UnfitMarkRead($ids: [ID!]!) { markMessagesRead(ids: $ids) { __typename } }
`);

describe('markMessagesRead', () => {
  const testApp = useTestApp();
  let ada: Person;
  let bob: Person;
  beforeEach(async () => {
    ada = await signUp(testApp, 'Ada');
    bob = await signUp(testApp, 'Bob');
  });
  const readTimes = async (by: Person) =>
    (await listMessages(testApp, by)).nodes.map(({ readAt }) => readAt);

  it('tells sender and recipient when it was read, and no other message', async () => {
    const [one, two] = [await write(testApp, ada, bob, '1'), await write(testApp, ada, bob, '2')];
    await write(testApp, ada, bob, '3');
    expect(await markRead(testApp, bob, [one, two, one])).toEqual({ __typename: 'Ack' });
    const seen = await readTimes(bob);
    expect(seen).toEqual([null, expect.any(String), expect.any(String)]);
    expect(await readTimes(ada)).toEqual(seen);
  });

  it('counts the first time alone', async () => {
    const id = await write(testApp, ada, bob, '1');
    await markRead(testApp, bob, [id]);
    const before = await readTimes(bob);
    expect(await markRead(testApp, bob, [id])).toEqual({ __typename: 'Ack' });
    expect(await readTimes(bob)).toEqual(before);
  });

  it('does nothing when there is nothing to mark', async () => {
    expect(await markRead(testApp, bob, [])).toEqual({ __typename: 'Ack' });
  });

  it('marks none when one did not come to the viewer: NOT_FOUND', async () => {
    const admin = await signUpAdmin(testApp);
    const eve = await signUp(testApp, 'Eve');
    const received = await write(testApp, ada, bob, '1');
    const sent = await write(testApp, bob, ada, '2');
    const sentAround = await broadcast(testApp, admin, { channel: 'broadcast', body: '3' });
    await block(testApp, bob, eve);
    const others = [
      sent,
      await write(testApp, ada, eve, '4'),
      await write(testApp, eve, bob, 'kept from Bob'),
      sentAround?.__typename === 'Message' ? sentAround.id : '',
      globalId('Message', randomUUID()),
    ];
    for (const id of others) {
      expect(await markRead(testApp, bob, [received, id])).toEqual({
        __typename: 'NotFoundError',
        id,
      });
    }
    const where = { readAt: { not: null } };
    expect(await testApp.database.prisma.message.count({ where })).toBe(0);
  });

  it('takes 100 at a time and no more: VALIDATION_FAILED', async () => {
    const { prisma } = testApp.database;
    const rows = Array.from({ length: 101 }, (_, number) => ({
      senderId: ada.userId,
      recipientId: bob.userId,
      conversation: 'x',
      body: `${number}`,
    }));
    const made = await prisma.message.createManyAndReturn({ data: rows });
    const ids = made.map(({ id }) => globalId('Message', id));
    expect(await markRead(testApp, bob, ids)).toEqual({
      __typename: 'ValidationError',
      issues: [{ path: ['ids'] }],
    });
    expect(await markRead(testApp, bob, ids.slice(1))).toEqual({ __typename: 'Ack' });
    expect(await prisma.message.count({ where: { readAt: null } })).toBe(1);
  });

  it('refuses the id of anything else, and strangers', async () => {
    for (const id of ['x', bob.id]) {
      const answer = await send(testApp, Unfit, { ids: [id] }, bob);
      expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
    }
    const ids = [await write(testApp, ada, bob, '1')];
    expect(codesOf(await send(testApp, Unfit, { ids }))).toEqual(['UNAUTHENTICATED']);
  });
});
