import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { download, readyExport, unpack } from '../support/data-export.ts';
import { subscribe } from '../support/live-answers.ts';
import {
  block,
  bodiesSeen,
  broadcast,
  listMessages,
  messageEvents,
  SendMessage,
  sendMessage,
  unblock,
  write,
} from '../support/messages.ts';
import { globalId, type Person, signUp, signUpAdmin, suspend } from '../support/people.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { watchStatements, withoutViewer } from '../support/statements.ts';
import { useTestApp } from '../support/test-app.ts';

const FindMessage = graphql(`
  query FindBlockedMessage($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }
`);
const MessageReceived = graphql(`
  subscription BlockedMessageReceived { messageReceived { body } }
`);
const Block = graphql(`
  mutation BlockAsStranger($id: ID!) {
    blockUser(id: $id) { __typename }
    unblockUser(id: $id) { __typename }
  }
`);

describe('a user who is blocked', () => {
  const testApp = useTestApp();
  let ada: Person;
  let bob: Person;
  beforeEach(async () => {
    ada = await signUp(testApp, 'Ada');
    bob = await signUp(testApp, 'Bob');
  });

  it('is answered as any other, and sees what they wrote', async () => {
    const before = await sendMessage(testApp, ada, { recipientId: bob.id, body: 'Hello' });
    await block(testApp, bob, ada);
    const after = await sendMessage(testApp, ada, { recipientId: bob.id, body: 'Hello' });
    const times = { id: expect.any(String), sentAt: expect.any(String) };
    expect(after).toEqual({ ...before, ...times });
    const id = after?.__typename === 'Message' ? after.id : '';
    expect(await bodiesSeen(testApp, ada)).toEqual(['Hello', 'Hello']);
    expect(await bodiesSeen(testApp, ada, { with: bob.id })).toEqual(['Hello', 'Hello']);
    expect((await listMessages(testApp, ada)).nodes[0]).toMatchObject({ id, readAt: null });
    expect(await ask(testApp, FindMessage, { id }, ada)).toEqual({ node: { id }, nodes: [{ id }] });
    expect(await messageEvents(testApp, ada)).toEqual([
      ['MessageSent', 'Hello'],
      ['MessageSent', 'Hello'],
    ]);
  });

  it('reaches the other in no way', async () => {
    await block(testApp, bob, ada);
    const live = await subscribe(testApp, MessageReceived, {}, bob);
    const id = await write(testApp, ada, bob, 'Kept out');
    expect(await bodiesSeen(testApp, bob)).toEqual([]);
    expect(await bodiesSeen(testApp, bob, { with: ada.id })).toEqual([]);
    expect(await messageEvents(testApp, bob)).toEqual([]);
    expect(await ask(testApp, FindMessage, { id }, bob)).toEqual({ node: null, nodes: [null] });
    const eve = await signUp(testApp, 'Eve');
    await write(testApp, eve, bob, 'From Eve');
    expect(await live.nextData()).toEqual({ messageReceived: { body: 'From Eve' } });
    await live.leave();
  });

  it('causes the same statements, so that no delay tells', async () => {
    const watch = watchStatements(testApp.database);
    const record = async (idempotencyKey: string | null) => {
      const input = { recipientId: bob.id, body: 'Hello', idempotencyKey };
      const { sent } = await watch.record(() => ask(testApp, SendMessage, { input }, ada));
      return withoutViewer(sent).filter((sql) => !/\brate_limit\b/.test(sql));
    };
    await record(null);
    const before = [await record(null), await record('1'), await record('1')];
    await block(testApp, bob, ada);
    expect([await record(null), await record('2'), await record('2')]).toEqual(before);
  });

  it('takes as many places in the event log, which cursors might tell', async () => {
    const placesOf = async (write: () => Promise<unknown>) => {
      const { loggedEvent } = testApp.database.prisma;
      const before = await loggedEvent.count();
      await write();
      return (await loggedEvent.count()) - before;
    };
    const send = () => write(testApp, ada, bob, 'Hello');
    const before = await placesOf(send);
    await block(testApp, bob, ada);
    expect(await placesOf(send)).toBe(before);
  });

  it('still sees what the other writes, and what everybody is told', async () => {
    const admin = await signUpAdmin(testApp);
    await block(testApp, bob, admin);
    await write(testApp, bob, admin, 'From Bob');
    expect(await bodiesSeen(testApp, admin, { with: bob.id })).toEqual(['From Bob']);
    await broadcast(testApp, admin, { channel: 'broadcast', body: 'To all' });
    expect(await bodiesSeen(testApp, bob, { channel: 'broadcast' })).toEqual(['To all']);
  });

  it('leaves what they wrote before, and is heard again after, without what was kept out', async () => {
    await write(testApp, ada, bob, 'before');
    await block(testApp, bob, ada);
    await write(testApp, ada, bob, 'meanwhile');
    await unblock(testApp, bob, ada);
    await write(testApp, ada, bob, 'after');
    for (const one of [{}, { with: ada.id }]) {
      expect(await bodiesSeen(testApp, bob, one)).toEqual(['after', 'before']);
    }
    expect(await bodiesSeen(testApp, ada)).toEqual(['after', 'meanwhile', 'before']);
  });

  it('learns nothing of it from the export of their data', async () => {
    await block(testApp, bob, ada);
    await write(testApp, ada, bob, 'Kept out');
    const read = async (person: Person) => {
      const { path } = await readyExport(testApp, person);
      const headers = { authorization: `Bearer ${person.accessToken}` };
      return unpack((await download(testApp, path, headers)).bytes).record;
    };
    const [ofAda, ofBob] = [await read(ada), await read(bob)];
    expect(ofAda.messages).toMatchObject([{ from: 'you', to: bob.userId, readAt: null }]);
    expect(JSON.stringify(ofAda)).not.toMatch(/user\.blocked|withheld/);
    expect(ofBob.messages).toEqual([]);
    expect(ofBob.blocks).toEqual([{ userId: ada.userId, blockedAt: expect.any(String) }]);
    expect(JSON.stringify(ofBob)).toContain('user.blocked');
  });
});

describe('blockUser and unblockUser', () => {
  const testApp = useTestApp();
  let ada: Person;
  let bob: Person;
  beforeEach(async () => {
    ada = await signUp(testApp, 'Ada');
    bob = await signUp(testApp, 'Bob');
  });
  const ack = { __typename: 'Ack' };
  const audited = async () => {
    const where = { action: { in: ['user.blocked', 'user.unblocked'] } };
    const orderBy = { id: 'asc' } as const;
    const acts = await testApp.database.prisma.auditEvent.findMany({ where, orderBy });
    return acts.map(({ action, actorId, targetId }) => [action, actorId, targetId]);
  };

  it('may come twice, and are written down when they change something', async () => {
    expect(await block(testApp, bob, ada)).toEqual(ack);
    expect(await block(testApp, bob, ada)).toEqual(ack);
    expect(await audited()).toEqual([['user.blocked', bob.userId, ada.userId]]);
    expect(await unblock(testApp, bob, ada)).toEqual(ack);
    expect(await unblock(testApp, bob, ada)).toEqual(ack);
    expect((await audited()).slice(1)).toEqual([['user.unblocked', bob.userId, ada.userId]]);
  });

  it('concern one direction and one pair', async () => {
    const eve = await signUp(testApp, 'Eve');
    await block(testApp, bob, ada);
    await write(testApp, bob, ada, 'to Ada');
    await write(testApp, eve, bob, 'to Bob');
    expect(await bodiesSeen(testApp, ada)).toEqual(['to Ada']);
    expect(await bodiesSeen(testApp, bob)).toEqual(['to Bob', 'to Ada']);
  });

  it('refuse oneself: CONFLICT', async () => {
    expect(await block(testApp, bob, bob)).toEqual({ __typename: 'ConflictError', path: ['id'] });
  });

  it('cannot tell somebody gone or suspended from nobody: NOT_FOUND', async () => {
    const [gone, suspended] = [await signUp(testApp, 'Gone'), await signUp(testApp, 'Mallory')];
    const where = { id: gone.userId };
    await testApp.database.prisma.user.update({ where, data: { deletedAt: new Date() } });
    await suspend(testApp, suspended);
    for (const id of [gone.id, suspended.id, globalId('User', randomUUID())]) {
      expect(await block(testApp, bob, { id })).toEqual({ __typename: 'NotFoundError', id });
      expect(await unblock(testApp, bob, { id })).toEqual({ __typename: 'NotFoundError', id });
    }
  });

  it('take a block back also of somebody who was suspended meanwhile', async () => {
    await block(testApp, bob, ada);
    await suspend(testApp, ada);
    expect(await unblock(testApp, bob, ada)).toEqual(ack);
    expect(await testApp.database.prisma.userBlock.count()).toBe(0);
  });

  it('are refused to strangers, and for the id of anything else', async () => {
    const refused = await send(testApp, Block, { id: ada.id });
    expect(codesOf(refused)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
    const unfit = await send(testApp, Block, { id: globalId('Session', ada.sessionId) }, bob);
    expect(codesOf(unfit)).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT']);
  });
});
