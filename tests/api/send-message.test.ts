import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MessageInput } from '../generated/graphql.ts';
import {
  messageEvents,
  SendMessage,
  sendMessage,
  useUpMessages,
  write,
} from '../support/messages.ts';
import { databaseId, globalId, type Person, signIn, signUp, suspend } from '../support/people.ts';
import { codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const refusedBodies: [string, string][] = [
  ['nothing', ''],
  ['spaces', ' \n\t '],
  ['nothing to see', '\u200b\u200d'],
  ['4,001 characters', 'x'.repeat(4001)],
  ['100,000 characters', 'x'.repeat(100_000)],
  ['a NUL', 'a\0b'],
  ['an escape', 'a\u001b[31mb'],
  ['a backspace', 'a\bb'],
  ['a control character of two bytes', 'a\u0085b'],
  ['a mark that turns the text around', 'a\u202eb'],
  ['a mark that isolates text', 'a\u2066b'],
  ['half a character', 'a\ud800b'],
];

describe('sendMessage', () => {
  const testApp = useTestApp();
  let ada: Person;
  let bob: Person;
  beforeEach(async () => {
    ada = await signUp(testApp, 'Ada');
    bob = await signUp(testApp, 'Bob');
  });
  const toBob = (input: Partial<MessageInput> = {}, by = ada) =>
    sendMessage(testApp, by, { recipientId: bob.id, body: 'Hello', ...input });

  it('stores what is sent, unread, and answers it', async () => {
    expect(await toBob()).toEqual({
      __typename: 'Message',
      id: expect.any(String),
      sender: { id: ada.id },
      recipient: { id: bob.id },
      channel: null,
      body: 'Hello',
      sentAt: expect.any(String),
      readAt: null,
    });
  });

  it('is an event of the recipient, and one of the sender, and nobody else’s', async () => {
    await toBob();
    expect(await messageEvents(testApp, bob)).toEqual([['MessageReceived', 'Hello']]);
    const otherDevice = await signIn(testApp, ada);
    expect(await messageEvents(testApp, otherDevice)).toEqual([['MessageSent', 'Hello']]);
    expect(await messageEvents(testApp, await signUp(testApp, 'Eve'))).toEqual([]);
  });

  it('is not written down in the audit trail, nor is its text in the event log', async () => {
    const { prisma } = testApp.database;
    const before = await prisma.auditEvent.count();
    const id = databaseId(await write(testApp, ada, bob, 'Between us'));
    expect(await prisma.auditEvent.count()).toBe(before);
    const events = await prisma.loggedEvent.findMany({ where: { topic: 'MESSAGE' } });
    expect(events.map(({ data }) => data)).toEqual([{ messageId: id }, { messageId: id }]);
  });

  it.each([
    ['ends of lines', 'a\r\nb\rc\u2028d', 'a\nb\nc\nd'],
    ['space around', '  a\n\tb \n', 'a\n\tb'],
    ['letters and their marks', 'e\u0301', '\u00e9'],
    ['4,000 characters', 'x'.repeat(4000), 'x'.repeat(4000)],
    ['a picture of several characters', '👩‍👩‍👧', '👩‍👩‍👧'],
    ['another direction', 'שלום\u200f!', 'שלום\u200f!'],
  ])('brings a text into one form: %s', async (_what, body, stored) => {
    expect(await toBob({ body })).toMatchObject({ body: stored });
  });

  it.each(refusedBodies)('refuses a text of %s: VALIDATION_FAILED', async (_what, body) => {
    expect(await toBob({ body })).toMatchObject({
      __typename: 'ValidationError',
      issues: [{ path: ['input', 'body'] }],
    });
    expect(await testApp.database.prisma.message.count()).toBe(0);
  });

  it.each<[string, Partial<MessageInput>, { path: string[]; code: string }]>([
    ['nobody', { recipientId: null }, { path: ['input', 'recipientId'], code: 'required' }],
    [
      'a channel',
      { recipientId: null, channel: 'broadcast' },
      { path: ['input', 'channel'], code: 'invalid' },
    ],
    [
      'a channel besides',
      { channel: 'broadcast' },
      { path: ['input', 'channel'], code: 'invalid' },
    ],
  ])('refuses what is addressed to %s: VALIDATION_FAILED', async (_whom, input, issue) => {
    expect(await toBob(input)).toEqual({ __typename: 'ValidationError', issues: [issue] });
  });

  it('refuses a key that is empty or too long: VALIDATION_FAILED', async () => {
    for (const idempotencyKey of ['', 'x'.repeat(256)]) {
      expect(await toBob({ idempotencyKey })).toMatchObject({
        issues: [{ path: ['input', 'idempotencyKey'] }],
      });
    }
  });

  it('cannot tell somebody gone or suspended from nobody: NOT_FOUND', async () => {
    const [gone, suspended] = [await signUp(testApp, 'Gone'), await signUp(testApp, 'Mallory')];
    const where = { id: gone.userId };
    await testApp.database.prisma.user.update({ where, data: { deletedAt: new Date() } });
    await suspend(testApp, suspended);
    for (const recipientId of [gone.id, suspended.id, globalId('User', randomUUID())]) {
      expect(await toBob({ recipientId })).toEqual({
        __typename: 'NotFoundError',
        missing: recipientId,
      });
    }
    expect(await testApp.database.prisma.message.count()).toBe(0);
  });

  it('refuses a message to oneself: CONFLICT', async () => {
    expect(await toBob({ recipientId: ada.id })).toMatchObject({
      __typename: 'ConflictError',
      path: ['input', 'recipientId'],
    });
  });

  it('refuses the id of anything else: BAD_USER_INPUT', async () => {
    for (const recipientId of ['', 'x', globalId('Session', ada.sessionId)]) {
      const input = { recipientId, body: 'Hello' };
      const answer = await send(testApp, SendMessage, { input }, ada);
      expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
    }
  });

  it('is refused to strangers: UNAUTHENTICATED', async () => {
    const input = { recipientId: bob.id, body: 'Hello' };
    expect(codesOf(await send(testApp, SendMessage, { input }))).toEqual(['UNAUTHENTICATED']);
  });

  it('is refused to whoever was suspended: UNAUTHENTICATED', async () => {
    await suspend(testApp, ada);
    const input = { recipientId: bob.id, body: 'Hello' };
    expect(codesOf(await send(testApp, SendMessage, { input }, ada))).toEqual(['UNAUTHENTICATED']);
  });

  it('is tried 60 times a minute by each user: RATE_LIMITED', async () => {
    await useUpMessages(testApp, ada);
    expect(await toBob()).toEqual({
      __typename: 'RateLimitedError',
      scope: 'VIEWER',
      retryAfterSeconds: expect.any(Number),
    });
    const eve = await signUp(testApp, 'Eve');
    expect(await toBob({}, eve)).toMatchObject({ __typename: 'Message' });
  });
});

describe('an idempotency key of sendMessage', () => {
  const testApp = useTestApp();
  let ada: Person;
  let bob: Person;
  beforeEach(async () => {
    ada = await signUp(testApp, 'Ada');
    bob = await signUp(testApp, 'Bob');
  });
  const keyed = (input: Partial<MessageInput> = {}, by = ada) =>
    sendMessage(testApp, by, {
      recipientId: bob.id,
      body: 'Hello',
      idempotencyKey: 'first',
      ...input,
    });

  it('sends once, and answers the same message', async () => {
    const sent = await keyed();
    expect(await keyed()).toEqual(sent);
    expect(await keyed({ body: '  Hello ' })).toEqual(sent);
    expect(await testApp.database.prisma.message.count()).toBe(1);
    expect(await messageEvents(testApp, bob)).toHaveLength(1);
  });

  it('is one of the sender’s own', async () => {
    const eve = await signUp(testApp, 'Eve');
    await keyed();
    await keyed({}, eve);
    await keyed({ idempotencyKey: 'second' });
    expect(await testApp.database.prisma.message.count()).toBe(3);
  });

  it('refuses another text or recipient: CONFLICT', async () => {
    const eve = await signUp(testApp, 'Eve');
    await keyed();
    for (const other of [{ body: 'Bye' }, { recipientId: eve.id }]) {
      expect(await keyed(other)).toMatchObject({
        __typename: 'ConflictError',
        path: ['input', 'idempotencyKey'],
      });
    }
    expect(await testApp.database.prisma.message.count()).toBe(1);
  });

  it('answers the same message when the recipient was suspended meanwhile', async () => {
    const sent = await keyed();
    await suspend(testApp, bob);
    expect(await keyed()).toEqual({ ...sent, recipient: null });
  });

  it('sends nothing again that is gone: CONFLICT', async () => {
    await keyed();
    await testApp.database.prisma.message.deleteMany();
    expect(await keyed()).toMatchObject({ __typename: 'ConflictError' });
    expect(await testApp.database.prisma.message.count()).toBe(0);
  });
});
