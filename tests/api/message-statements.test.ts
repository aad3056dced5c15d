import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { messageCursor } from '../../src/modules/message/message.service.ts';
import type { MessagePlansQueryVariables, TypedDocumentString } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { testSeal } from '../support/cursors.ts';
import { markRead, write } from '../support/messages.ts';
import { globalId, type Person, signUp, signUpAdmin } from '../support/people.ts';
import { explain } from '../support/query-plans.ts';
import { ask } from '../support/request.ts';
import {
  countStatements,
  type StatementWatch,
  watchStatements,
  withoutViewer,
} from '../support/statements.ts';
import { startTestApp, type TestApp, useTestApp } from '../support/test-app.ts';

const Messages = graphql(`
  query CountedMessages($first: Int) { messages(first: $first) { nodes { body readAt } } }
`);
const MessagesInFull = graphql(`
  query CountedMessagesInFull($first: Int) {
    messages(first: $first) {
      edges { cursor node { body sender { displayName } recipient { displayName } } }
    }
  }
`);
const EventsOfMessages = graphql(`
  query CountedEventsOfMessages($limit: Int) {
    events(topics: [MESSAGE], limit: $limit) {
      items { event { ... on MessageReceived { message { body } } } }
    }
  }
`);
const Send = graphql(`
  mutation CountedSendMessage($input: MessageInput!) {
    sendMessage(input: $input) { __typename ... on Message { body } }
  }
`);
const Broadcast = graphql(`
  mutation CountedBroadcast($input: MessageInput!) {
    broadcast(input: $input) { __typename ... on Message { body } }
  }
`);
const Block = graphql(`
  mutation CountedBlock($id: ID!) { blockUser(id: $id) { __typename } }
`);
const Unblock = graphql(`
  mutation CountedUnblock($id: ID!) { unblockUser(id: $id) { __typename } }
`);
const Plans = graphql(`
  query MessagePlans($with: ID, $channel: String, $first: Int, $after: String, $last: Int) {
    messages(with: $with, channel: $channel, first: $first, after: $after, last: $last) {
      nodes { id }
    }
  }
`);

describe('the SQL statements of messages', () => {
  const testApp = useTestApp();
  let watch: StatementWatch;
  beforeAll(() => {
    watch = watchStatements(testApp.database);
  });
  let ada: Person;
  let bob: Person;
  let admin: Person;
  beforeEach(async () => {
    ada = await signUp(testApp, 'Ada');
    bob = await signUp(testApp, 'Bob');
    admin = await signUpAdmin(testApp);
  });
  const countOf = async (run: () => Promise<unknown>) => {
    const { sent } = await watch.record(run);
    const { statements, transactions } = countStatements(withoutViewer(sent));
    return transactions === 0 ? `${statements}` : `${statements} in ${transactions}`;
  };
  const count = <Data, Variables>(
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
    by = ada,
  ) => countOf(() => ask(testApp, document, variables, by));

  it('are as few for many as for one', async () => {
    for (let sent = 0; sent < 20; sent++) {
      const [from, to] = sent % 2 === 0 ? [ada, bob] : [bob, ada];
      await write(testApp, from, to, `${sent}`);
    }
    expect({
      one: await count(Messages, { first: 1 }),
      twenty: await count(Messages, { first: 20 }),
      'two with people': await count(MessagesInFull, { first: 2 }),
      'twenty with people': await count(MessagesInFull, { first: 20 }),
      'two by their events': await count(EventsOfMessages, { limit: 2 }, bob),
      'ten by their events': await count(EventsOfMessages, { limit: 10 }, bob),
    }).toEqual({
      one: '2',
      twenty: '2',
      'two with people': '3',
      'twenty with people': '3',
      'two by their events': '1',
      'ten by their events': '1',
    });
  });

  it('are as few as this for a mutation', async () => {
    const input = { recipientId: bob.id, body: 'Hello' };
    const keyed = { ...input, idempotencyKey: 'first' };
    const toAll = { channel: 'broadcast', body: 'Hello' };
    const ids: string[] = [];
    for (const body of ['1', '2', '3']) ids.push(await write(testApp, ada, bob, body));
    expect({
      sendMessage: await count(Send, { input }),
      'sendMessage with a key': await count(Send, { input: keyed }),
      'sendMessage once more': await count(Send, { input: keyed }),
      'sendMessage to nobody': await count(Send, {
        input: { ...input, recipientId: globalId('User', ada.sessionId) },
      }),
      broadcast: await count(Broadcast, { input: toAll }, admin),
      'markMessagesRead: 1': await countOf(() => markRead(testApp, bob, ids.slice(0, 1))),
      'markMessagesRead: 3': await countOf(() => markRead(testApp, bob, ids)),
      blockUser: await count(Block, { id: bob.id }),
      'blockUser once more': await count(Block, { id: bob.id }),
      unblockUser: await count(Unblock, { id: bob.id }),
    }).toEqual({
      sendMessage: '3 in 1',
      'sendMessage with a key': '5 in 1',
      'sendMessage once more': '3 in 1',
      'sendMessage to nobody': '1 in 1',
      broadcast: '6 in 1',
      'markMessagesRead: 1': '2 in 1',
      'markMessagesRead: 3': '2 in 1',
      blockUser: '5 in 1',
      'blockUser once more': '2 in 1',
      unblockUser: '5 in 1',
    });
  });
});

const messages = 10_000;

describe('a page among many messages', () => {
  let testApp: TestApp;
  let watch: StatementWatch;
  let ada: Person;
  let bob: Person;
  beforeAll(async () => {
    const running = await startTestApp();
    testApp = running;
    watch = watchStatements(running.database);
    ada = await signUp(running, 'Ada');
    bob = await signUp(running, 'Bob');
    const [one = '', other = ''] = [ada.userId, bob.userId].sort();
    const { prisma } = running.database;
    // Half of them between the two, as many that Bob keeps out, and as many to everybody.
    await prisma.$executeRaw`
      INSERT INTO message (id, sender_id, recipient_id, withheld, conversation, body)
      SELECT gen_random_uuid(), ${ada.userId}::uuid, ${bob.userId}::uuid, n % 2 = 0,
        CASE n % 2 WHEN 0 THEN ${`${ada.userId}>${bob.userId}`} ELSE ${`${one}:${other}`} END, 'x'
      FROM generate_series(1, ${messages}::int) n`;
    await prisma.$executeRaw`
      INSERT INTO message (id, sender_id, channel, conversation, body)
      SELECT gen_random_uuid(), NULL, 'broadcast', 'broadcast', 'x'
      FROM generate_series(1, ${messages}::int) n`;
    await prisma.$executeRaw`ANALYZE`;
    return running.stop;
  });
  const middle = async () => {
    const rows = await testApp.database.prisma.message.findMany({
      orderBy: { id: 'desc' },
      skip: messages,
      take: 1,
    });
    return rows.map((row) => messageCursor(testSeal, row))[0] ?? '';
  };

  it.each<[string, () => Promise<[Person, MessagePlansQueryVariables]>, string[]]>([
    [
      'all of a sender, who is blocked',
      async () => [ada, { first: 20 }],
      ['message_sender_id_id_idx', 'message_recipient_id_withheld_id_idx'],
    ],
    [
      'all of a recipient, who blocks, from the middle',
      async () => [bob, { first: 20, after: await middle() }],
      ['message_recipient_id_withheld_id_idx'],
    ],
    [
      'a conversation, from its end',
      async () => [ada, { with: bob.id, last: 20 }],
      ['message_conversation_id_idx'],
    ],
    [
      'a conversation of who blocks, from the middle',
      async () => [bob, { with: ada.id, first: 20, after: await middle() }],
      ['message_conversation_id_idx'],
    ],
    [
      'a channel, from the middle',
      async () => [bob, { channel: 'broadcast', first: 20, after: await middle() }],
      ['message_conversation_id_idx'],
    ],
  ])('is read off indexes, as far as it goes: %s', async (_which, arrange, indexes) => {
    const [by, variables] = await arrange();
    const { sent, values } = await watch.record(() => ask(testApp, Plans, variables, by));
    const steps = [];
    for (const [index, sql] of sent.entries()) {
      const statement = { sql, values: values[index] ?? [] };
      steps.push(...(await explain(testApp.database, statement, { analyze: true })));
    }
    const reads = steps.filter((step) => step['Relation Name'] === 'message');
    expect(reads.map((step) => step['Node Type'])).not.toContain('Seq Scan');
    const used = steps.flatMap((step) => step['Index Name'] ?? []);
    expect(used).toEqual(expect.arrayContaining(indexes));
    for (const step of reads) expect(step['Rows Removed by Filter'] ?? 0).toBe(0);
  });
});
