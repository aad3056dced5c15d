import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import {
  bodiesSeen,
  broadcast,
  giveRole,
  listMessages,
  takeRole,
  write,
} from '../support/messages.ts';
import { globalId, type Person, signUp, signUpAdmin, suspend } from '../support/people.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const Unfit = graphql(`
  query UnfitMessages($with: ID, $channel: String, $first: Int, $last: Int, $after: String) {
    messages(with: $with, channel: $channel, first: $first, last: $last, after: $after) {
      nodes { id }
    }
  }
`);
const FindMessage = graphql(`
  query FindMessage($id: ID!) { node(id: $id) { id ... on Message { body } } }
`);

describe('messages', () => {
  const testApp = useTestApp();
  let ada: Person;
  let bob: Person;
  let eve: Person;
  beforeEach(async () => {
    ada = await signUp(testApp, 'Ada');
    bob = await signUp(testApp, 'Bob');
    eve = await signUp(testApp, 'Eve');
  });

  it('are those that came to the viewer or from them, newest first', async () => {
    await write(testApp, ada, bob, 'Hi Bob');
    await write(testApp, bob, ada, 'Hi Ada');
    await write(testApp, eve, ada, 'Hi all');
    expect(await bodiesSeen(testApp, ada)).toEqual(['Hi all', 'Hi Ada', 'Hi Bob']);
    expect(await bodiesSeen(testApp, bob)).toEqual(['Hi Ada', 'Hi Bob']);
    expect(await bodiesSeen(testApp, eve)).toEqual(['Hi all']);
  });

  it('are those with one user, when that is asked for', async () => {
    await write(testApp, ada, bob, 'Hi Bob');
    await write(testApp, eve, ada, 'Hi all');
    expect(await bodiesSeen(testApp, ada, { with: bob.id })).toEqual(['Hi Bob']);
    expect(await bodiesSeen(testApp, bob, { with: ada.id })).toEqual(['Hi Bob']);
    expect(await bodiesSeen(testApp, eve, { with: bob.id })).toEqual([]);
    const nobody = { with: globalId('User', randomUUID()) };
    expect(await bodiesSeen(testApp, ada, nobody)).toEqual([]);
  });

  it('of a channel are there for those who read it, as long as they do', async () => {
    const admin = await signUpAdmin(testApp);
    await giveRole(testApp, bob, 'crew');
    await broadcast(testApp, admin, { channel: 'broadcast', body: 'To all' });
    await broadcast(testApp, admin, { channel: 'role:crew', body: 'To the crew' });
    expect(await bodiesSeen(testApp, ada, { channel: 'broadcast' })).toEqual(['To all']);
    expect(await bodiesSeen(testApp, bob, { channel: 'role:crew' })).toEqual(['To the crew']);
    expect(await bodiesSeen(testApp, bob)).toEqual([]);
    expect(await bodiesSeen(testApp, admin)).toEqual([]);
    await takeRole(testApp, bob, 'crew');
    expect(await bodiesSeen(testApp, bob, { channel: 'role:crew' })).toEqual([]);
  });

  it('are none of a channel that is not there, or not for the viewer, or no channel at all', async () => {
    const admin = await signUpAdmin(testApp);
    await giveRole(testApp, bob, 'crew');
    await broadcast(testApp, admin, { channel: 'role:crew', body: 'To the crew' });
    await write(testApp, bob, eve, 'Between us');
    const { conversation } = await testApp.database.prisma.message.findFirstOrThrow({
      where: { recipientId: eve.userId },
    });
    const nothing = await listMessages(testApp, ada, { channel: 'role:nobody' });
    expect(nothing.nodes).toEqual([]);
    for (const channel of ['role:crew', 'role:', 'role:admin', '', 'crew', conversation, 'a\0b']) {
      expect(await listMessages(testApp, ada, { channel })).toEqual(nothing);
    }
  });

  it('are read page by page in both directions, while others come', async () => {
    for (const body of ['1', '2', '3', '4', '5']) await write(testApp, ada, bob, body);
    for (const one of [{}, { with: bob.id }]) {
      const first = await listMessages(testApp, ada, { ...one, first: 2 });
      expect(first.nodes.map(({ body }) => body)).toEqual(['5', '4']);
      expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
      const after = first.pageInfo.endCursor ?? null;
      const next = await listMessages(testApp, ada, { ...one, first: 2, after });
      expect(next.nodes.map(({ body }) => body)).toEqual(['3', '2']);
      const before = next.pageInfo.startCursor ?? null;
      expect(await bodiesSeen(testApp, ada, { ...one, last: 1, before })).toEqual(['4']);
      expect(await bodiesSeen(testApp, ada, { ...one, last: 2 })).toEqual(['2', '1']);
    }
    const { pageInfo } = await listMessages(testApp, ada, { first: 2 });
    await write(testApp, bob, ada, '6');
    const after = pageInfo.endCursor ?? null;
    expect(await bodiesSeen(testApp, ada, { first: 2, after })).toEqual(['3', '2']);
  });

  it('tell nothing of people who may not be seen', async () => {
    await write(testApp, ada, bob, 'Hi Bob');
    await write(testApp, bob, ada, 'Hi Ada');
    await suspend(testApp, bob);
    expect((await listMessages(testApp, ada)).nodes).toMatchObject([
      { body: 'Hi Ada', sender: null, recipient: { id: ada.id } },
      { body: 'Hi Bob', sender: { id: ada.id }, recipient: null },
    ]);
  });

  it.each([
    ['a user and a channel', () => ({ with: bob.id, channel: 'broadcast' })],
    ['101 of them', () => ({ first: 101 })],
    ['none of them', () => ({ first: 0 })],
    ['both ends', () => ({ first: 1, last: 1 })],
    ['a cursor that was made up', () => ({ after: 'made up' })],
    ['the id of a session', () => ({ with: globalId('Session', randomUUID()) })],
  ])('are refused when %s is asked for: BAD_USER_INPUT', async (_what, variables) => {
    expect(codesOf(await send(testApp, Unfit, variables(), ada))).toEqual(['BAD_USER_INPUT']);
  });

  it('are refused to strangers: UNAUTHENTICATED', async () => {
    expect(codesOf(await send(testApp, Unfit, {}))).toEqual(['UNAUTHENTICATED']);
  });
});

describe('a message', () => {
  const testApp = useTestApp();

  it('is found by its id by those who may see it, and is nothing to others', async () => {
    const [ada, bob] = [await signUp(testApp, 'Ada'), await signUp(testApp, 'Bob')];
    const [eve, admin] = [await signUp(testApp, 'Eve'), await signUpAdmin(testApp)];
    const id = await write(testApp, ada, bob, 'Between us');
    for (const person of [ada, bob]) {
      expect(await ask(testApp, FindMessage, { id }, person)).toMatchObject({
        node: { id, body: 'Between us' },
      });
    }
    for (const person of [eve, admin]) {
      expect(await ask(testApp, FindMessage, { id }, person)).toEqual({ node: null });
    }
    expect(await ask(testApp, FindMessage, { id })).toEqual({ node: null });
  });

  it('to a channel is found by its sender and those who read the channel now', async () => {
    const [ada, bob] = [await signUp(testApp, 'Ada'), await signUp(testApp, 'Bob')];
    const admin = await signUpAdmin(testApp);
    await giveRole(testApp, bob, 'crew');
    const sent = await broadcast(testApp, admin, { channel: 'role:crew', body: 'To the crew' });
    const id = sent?.__typename === 'Message' ? sent.id : '';
    for (const person of [bob, admin]) {
      expect(await ask(testApp, FindMessage, { id }, person)).toMatchObject({ node: { id } });
    }
    expect(await ask(testApp, FindMessage, { id }, ada)).toEqual({ node: null });
    await takeRole(testApp, bob, 'crew');
    expect(await ask(testApp, FindMessage, { id }, bob)).toEqual({ node: null });
  });
});
