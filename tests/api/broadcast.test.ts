import { beforeEach, describe, expect, it } from 'vitest';
import type { MessageInput } from '../generated/graphql.ts';
import {
  Broadcast,
  bodiesSeen,
  broadcast,
  giveRole,
  messageEvents,
  useUpMessages,
} from '../support/messages.ts';
import {
  databaseId,
  demote,
  type Person,
  signUp,
  signUpAdmin,
  signUpWith,
} from '../support/people.ts';
import { codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

describe('broadcast', () => {
  const testApp = useTestApp();
  let admin: Person;
  let bob: Person;
  beforeEach(async () => {
    admin = await signUpAdmin(testApp);
    bob = await signUp(testApp, 'Bob');
  });
  const toAll = (input: Partial<MessageInput> = {}, by = admin) =>
    broadcast(testApp, by, { channel: 'broadcast', body: 'Hear, hear', ...input });

  it('reaches everybody who is signed in, those who come later too', async () => {
    expect(await toAll()).toEqual({
      __typename: 'Message',
      id: expect.any(String),
      sender: { id: admin.id },
      recipient: null,
      channel: 'broadcast',
      body: 'Hear, hear',
      readAt: null,
    });
    for (const person of [admin, bob, await signUp(testApp, 'Eve')]) {
      expect(await messageEvents(testApp, person)).toEqual([['MessageReceived', 'Hear, hear']]);
      expect(await bodiesSeen(testApp, person, { channel: 'broadcast' })).toEqual(['Hear, hear']);
    }
  });

  it('reaches the holders of a role and nobody else, also when a holder has no part in sending', async () => {
    await giveRole(testApp, bob, 'crew');
    const herald = await signUpWith(testApp, ['messages:broadcast']);
    expect(await toAll({ channel: 'role:crew' }, herald)).toMatchObject({
      __typename: 'Message',
      channel: 'role:crew',
      body: 'Hear, hear',
    });
    expect(await messageEvents(testApp, bob)).toEqual([['MessageReceived', 'Hear, hear']]);
    for (const person of [admin, herald]) {
      expect(await messageEvents(testApp, person)).toEqual([]);
      expect(await bodiesSeen(testApp, person, { channel: 'role:crew' })).toEqual([]);
    }
  });

  it('is written down in the audit trail, without its text', async () => {
    const sent = await toAll();
    const id = sent?.__typename === 'Message' ? sent.id : '';
    const where = { action: 'message.broadcast' };
    expect(await testApp.database.prisma.auditEvent.findMany({ where })).toMatchObject([
      { actorId: admin.userId, targetId: databaseId(id), metadata: { channel: 'broadcast' } },
    ]);
  });

  it('sends once for an idempotency key, which is another than that of a direct message', async () => {
    const sent = await toAll({ idempotencyKey: 'first' });
    expect(await toAll({ idempotencyKey: 'first' })).toEqual(sent);
    expect(await toAll({ idempotencyKey: 'first', body: 'Other' })).toMatchObject({
      __typename: 'ConflictError',
      path: ['input', 'idempotencyKey'],
    });
    expect(await testApp.database.prisma.message.count()).toBe(1);
    expect(await messageEvents(testApp, bob)).toHaveLength(1);
  });

  it.each([
    ['of no role', 'role:nobody'],
    ['without a role', 'role:'],
    ['of a key in upper case', 'role:ADMIN'],
    ['that is none', 'all'],
    ['that is empty', ''],
    ['with a NUL', 'role:a\0b'],
    ['that is a conversation', '018f0000-0000-7000-8000-000000000000:x'],
  ])('refuses a channel %s: VALIDATION_FAILED', async (_what, channel) => {
    expect(await toAll({ channel })).toEqual({
      __typename: 'ValidationError',
      issues: [{ path: ['input', 'channel'], code: 'unknown_channel' }],
    });
  });

  it('refuses what is addressed to a user, or to nobody: VALIDATION_FAILED', async () => {
    expect(await toAll({ recipientId: bob.id })).toEqual({
      __typename: 'ValidationError',
      issues: [{ path: ['input', 'recipientId'], code: 'invalid' }],
    });
    expect(await toAll({ channel: null })).toEqual({
      __typename: 'ValidationError',
      issues: [{ path: ['input', 'channel'], code: 'required' }],
    });
  });

  it('counts among the 60 messages a minute of each user: RATE_LIMITED', async () => {
    await useUpMessages(testApp, admin);
    expect(await toAll()).toEqual({ __typename: 'RateLimitedError', scope: 'VIEWER' });
  });

  it('is refused without the permission, and to strangers', async () => {
    const input = { channel: 'broadcast', body: 'Hear, hear' };
    expect(codesOf(await send(testApp, Broadcast, { input }, bob))).toEqual(['FORBIDDEN']);
    expect(codesOf(await send(testApp, Broadcast, { input }))).toEqual(['UNAUTHENTICATED']);
  });

  it('is refused to whoever has just lost the permission: FORBIDDEN', async () => {
    await demote(testApp, admin);
    const input = { channel: 'broadcast', body: 'Hear, hear' };
    expect(codesOf(await send(testApp, Broadcast, { input }, admin))).toEqual(['FORBIDDEN']);
  });

  it('is refused where the permission is gone that the instance still knows of: FORBIDDEN', async () => {
    // Taken away without the notice by which instances hear of it.
    const { userRole } = testApp.database.prisma;
    await userRole.deleteMany({ where: { userId: admin.userId } });
    const input = { channel: 'broadcast', body: 'Hear, hear' };
    expect(codesOf(await send(testApp, Broadcast, { input }, admin))).toEqual(['FORBIDDEN']);
    expect(await testApp.database.prisma.message.count()).toBe(0);
  });
});
