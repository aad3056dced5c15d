import { beforeEach, describe, expect, it } from 'vitest';
import type { DeletionMode } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { download, readyExport, unpack } from '../support/data-export.ts';
import { deleteUser, runDeletionJobs } from '../support/deletion.ts';
import { holdJobs } from '../support/held-jobs.ts';
import {
  block,
  bodiesSeen,
  broadcast,
  listMessages,
  markRead,
  messageEvents,
  sendMessage,
  write,
} from '../support/messages.ts';
import { databaseId, type Person, signUp, signUpAdmin } from '../support/people.ts';
import { ask } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const ByIds = graphql(`
  query DeletedMessagesByIds($ids: [ID!]!) {
    nodes(ids: $ids) { ... on Message { body } }
  }
`);

describe('when an account is deleted', () => {
  const testApp = useTestApp();
  let admin: Person;
  let ada: Person;
  let bob: Person;
  let eve: Person;
  let fromAda: string;
  let toAda: string;
  beforeEach(async () => {
    await holdJobs(testApp, 'account-emptying');
    admin = await signUpAdmin(testApp);
    ada = await signUpAdmin(testApp);
    bob = await signUp(testApp, 'Bob');
    eve = await signUp(testApp, 'Eve');
    fromAda = await write(testApp, ada, bob, 'from Ada');
    toAda = await write(testApp, bob, ada, 'to Ada');
    await write(testApp, eve, bob, 'of others');
    await broadcast(testApp, ada, { channel: 'broadcast', body: 'to all' });
    await block(testApp, eve, ada);
    await write(testApp, ada, eve, 'kept out');
    await block(testApp, ada, eve);
  });
  const bodies = async () => {
    const rows = await testApp.database.prisma.message.findMany({ orderBy: { id: 'asc' } });
    return rows.map(({ body, senderId }) => [body, senderId]);
  };
  const bodiesByIds = async (ids: string[]) =>
    (await ask(testApp, ByIds, { ids }, bob)).nodes.map(
      (node) => node && 'body' in node && node.body,
    );
  const exported = async (person: Person) => {
    const { path } = await readyExport(testApp, person);
    const headers = { authorization: `Bearer ${person.accessToken}` };
    return unpack((await download(testApp, path, headers)).bytes).record;
  };

  /** Looks twice: at once, and when the job has removed what was left. */
  const atOnceAndAtLast = async (look: () => Promise<void>) => {
    await look();
    await runDeletionJobs(testApp, ada);
    await look();
  };

  it('others keep what they were sent, and do not see by whom, after ANONYMIZE', async () => {
    await deleteUser(testApp, admin, ada.id, 'ANONYMIZE');
    await atOnceAndAtLast(async () => {
      expect((await listMessages(testApp, bob, { with: ada.id })).nodes).toMatchObject([
        { body: 'from Ada', sender: null, recipient: { id: bob.id } },
      ]);
      expect(await bodiesSeen(testApp, bob)).toEqual(['of others', 'from Ada']);
      expect(await bodiesSeen(testApp, eve, { channel: 'broadcast' })).toEqual(['to all']);
      expect(await bodiesByIds([fromAda, toAda])).toEqual(['from Ada', null]);
      expect(await messageEvents(testApp, bob)).toEqual([
        ['MessageReceived', 'from Ada'],
        ['MessageSent', null],
        ['MessageReceived', 'of others'],
        ['MessageReceived', 'to all'],
      ]);
    });
    expect(await bodies()).toEqual([
      ['from Ada', null],
      ['of others', eve.userId],
      ['to all', null],
    ]);
  });

  it('nothing stays that they wrote or were sent, after ERASE', async () => {
    await deleteUser(testApp, admin, ada.id, 'ERASE');
    await atOnceAndAtLast(async () => {
      expect(await bodiesSeen(testApp, bob)).toEqual(['of others']);
      expect(await bodiesSeen(testApp, bob, { with: ada.id })).toEqual([]);
      expect(await bodiesSeen(testApp, eve, { channel: 'broadcast' })).toEqual([]);
      expect(await bodiesByIds([fromAda, toAda])).toEqual([null, null]);
      expect(await markRead(testApp, bob, [fromAda])).toMatchObject({
        __typename: 'NotFoundError',
      });
      expect(await messageEvents(testApp, bob)).toEqual([
        ['MessageReceived', null],
        ['MessageSent', null],
        ['MessageReceived', 'of others'],
        ['MessageReceived', null],
      ]);
    });
    expect(await bodies()).toEqual([['of others', eve.userId]]);
  });

  it('a message of theirs is no answer to a key any more: CONFLICT', async () => {
    const input = { recipientId: ada.id, body: 'once', idempotencyKey: 'once' };
    expect(await sendMessage(testApp, bob, input)).toMatchObject({ __typename: 'Message' });
    await deleteUser(testApp, admin, ada.id, 'ANONYMIZE');
    await atOnceAndAtLast(async () =>
      expect(await sendMessage(testApp, bob, input)).toMatchObject({
        __typename: 'ConflictError',
        path: ['input', 'idempotencyKey'],
      }),
    );
  });

  it.each<DeletionMode>(['ANONYMIZE', 'ERASE'])(
    'exports of others have nothing of it, after %s',
    async (mode) => {
      await deleteUser(testApp, admin, ada.id, mode);
      const [ofBob, ofEve] = [await exported(bob), await exported(eve)];
      const seen = ofBob.messages.map(({ body }: { body: string }) => body);
      expect(seen).toEqual(mode === 'ERASE' ? ['of others'] : ['from Ada', 'of others']);
      expect(ofEve.blocks).toEqual([]);
    },
  );

  it.each<DeletionMode>(['ANONYMIZE', 'ERASE'])('nobody stays blocked, after %s', async (mode) => {
    expect(await testApp.database.prisma.userBlock.count()).toBe(2);
    await deleteUser(testApp, admin, ada.id, mode);
    await runDeletionJobs(testApp, ada);
    expect(await testApp.database.prisma.userBlock.count()).toBe(0);
  });
});

describe('the export of somebody’s data', () => {
  const testApp = useTestApp();

  it('holds what they wrote and what they were sent, and nothing of others', async () => {
    const [ada, bob] = [await signUpAdmin(testApp), await signUp(testApp, 'Bob')];
    const eve = await signUp(testApp, 'Eve');
    const sent = await write(testApp, ada, bob, 'from Ada');
    const received = await write(testApp, bob, ada, 'to Ada');
    await markRead(testApp, ada, [received]);
    await write(testApp, bob, eve, 'of others');
    await broadcast(testApp, ada, { channel: 'broadcast', body: 'to all' });
    const { path } = await readyExport(testApp, ada);
    const headers = { authorization: `Bearer ${ada.accessToken}` };
    const { record } = unpack((await download(testApp, path, headers)).bytes);
    const time = expect.any(String);
    expect(record.messages).toEqual([
      {
        id: databaseId(sent),
        from: 'you',
        to: bob.userId,
        channel: null,
        body: 'from Ada',
        sentAt: time,
        readAt: null,
      },
      {
        id: databaseId(received),
        from: bob.userId,
        to: 'you',
        channel: null,
        body: 'to Ada',
        sentAt: time,
        readAt: time,
      },
      {
        id: expect.any(String),
        from: 'you',
        to: null,
        channel: 'broadcast',
        body: 'to all',
        sentAt: time,
        readAt: null,
      },
    ]);
  });

  it('holds all of them where there is more than one batch', async () => {
    const [ada, bob] = [await signUp(testApp, 'Ada'), await signUp(testApp, 'Bob')];
    const rows = Array.from({ length: 1203 }, (_, number) => {
      const [senderId, recipientId] =
        number % 3 === 0 ? [ada.userId, bob.userId] : [bob.userId, ada.userId];
      return { senderId, recipientId, conversation: 'x', body: `${number}` };
    });
    await testApp.database.prisma.message.createMany({ data: rows });
    const { path } = await readyExport(testApp, ada);
    const headers = { authorization: `Bearer ${ada.accessToken}` };
    const { record } = unpack((await download(testApp, path, headers)).bytes);
    const found = record.messages.map(({ body }: { body: string }) => body);
    expect(new Set(found).size).toBe(1203);
    expect(found).toHaveLength(1203);
  });
});
