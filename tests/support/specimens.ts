import { randomUUID } from 'node:crypto';
import { execute, GraphQLObjectType, GraphQLSchema, isObjectType, parse } from 'graphql';
import type { LoggedEvent, PrismaClient } from '../../src/generated/prisma/client.ts';
import type { Context } from '../../src/graphql/context.ts';
import { schema } from '../../src/graphql/schema.ts';
import { messageReceived, messageSent } from '../../src/modules/message/message.events.ts';
import type { Presence } from '../../src/modules/presence/presence-state.ts';
import { roleChanged } from '../../src/modules/role/role.events.ts';
import { securityNotice, sessionRevoked } from '../../src/modules/session/session.events.ts';
import { presenceChanged, userChanged } from '../../src/modules/user/user.events.ts';
import { auditEventAppended } from '../../src/platform/audit-trail/appended-event.ts';
import type { NewEvent } from '../../src/platform/event-log/append.ts';
import { logStart } from '../../src/platform/event-log/cursor.ts';
import { linkAll } from './audit-trail.ts';
import type { Person } from './people.ts';
import type { GraphqlBody } from './raw-request.ts';
import type { TestApp } from './test-app.ts';

/**
 * Makes one object of each type whose fields are asked for by themselves, with no field left null,
 * and by `Type.field: Name` those whose field answers another one. Of Subscription it is an event.
 */
export async function makeSpecimens({ database }: TestApp, owner: Person, writer: Person) {
  const { prisma } = database;
  await linkAll(database);
  const session = await prisma.session.findUniqueOrThrow({ where: { id: owner.sessionId } });
  const role = await prisma.role.findUniqueOrThrow({ where: { key: 'user' } });
  const auditEvent = await prisma.auditEvent.findFirstOrThrow({ where: { targetId: session.id } });
  const messages = await makeMessages(prisma, owner, writer);
  const user = await prisma.user.findUniqueOrThrow({ where: { id: owner.userId } });
  const presence: Presence = {
    userId: user.id,
    user,
    status: 'ONLINE',
    connections: 1,
    lastSeenAt: new Date(),
  };
  return {
    User: {
      ...user,
      suspendedUntil: new Date(),
      suspendedFor: 'x',
      deletionDueAt: new Date(),
    },
    DataExport: {
      id: randomUUID(),
      userId: owner.userId,
      status: 'READY',
      requestedAt: new Date(),
      expiresAt: new Date(Date.now() + 3_600_000),
    },
    Session: { ...session, deviceLabel: 'x', revokedAt: new Date(), revokeReason: 'SIGNED_OUT' },
    Role: role,
    AuditEvent: auditEvent,
    Presence: presence,
    'Subscription.presenceChanged': presence,
    Ack: { ok: true },
    ConnectionRenewed: { expiresAt: new Date() },
    MfaChallenge: { challengeToken: 'x', expiresAt: new Date(), methods: ['EMAIL_CODE'] },
    ...makeEvents({ session, roleId: role.id, auditEventId: auditEvent.id }),
    ...messages,
  };
}

/** Makes a message to the owner, one by them, and one to everybody, with their events. */
async function makeMessages({ message }: PrismaClient, owner: Person, writer: Person) {
  const { userId } = owner;
  const direct = { conversation: 'x', body: 'x', readAt: new Date() };
  const received = await message.create({
    data: { ...direct, senderId: writer.userId, recipientId: userId },
  });
  const sent = await message.create({
    data: { ...direct, senderId: userId, recipientId: writer.userId },
  });
  const toAll = { channel: 'broadcast', conversation: 'broadcast', body: 'x' };
  const broadcast = await message.create({ data: { ...toAll, senderId: writer.userId } });
  return {
    Message: received,
    'Message.channel': broadcast,
    'Subscription.messageReceived': { message: broadcast },
    ...alone([messageReceived(received.id, { userId }), messageSent(sent.id, userId)].map(logged)),
  };
}

/** What events are about. */
interface Subjects {
  session: { id: string; userId: string };
  roleId: string;
  auditEventId: string;
}

function makeEvents(subjects: Subjects): Record<string, unknown> {
  const { session } = subjects;
  const events = [
    userChanged(session.userId, 'UPDATED', ['locale']),
    presenceChanged(session.userId),
    sessionRevoked(session, 'SIGNED_OUT'),
    securityNotice('TOKEN_REUSED', session.userId, session.id),
    roleChanged(subjects.roleId, 'UPDATED'),
    auditEventAppended(subjects.auditEventId),
  ].map(logged);
  const [event = logged(sessionRevoked(session, 'SIGNED_OUT'))] = events;
  const gap = { kind: 'gap', from: logStart, resumedAt: logStart, reason: 'LOG_RESET' };
  return {
    ...alone(events),
    EventEnvelope: envelope(event),
    EventPage: { items: [envelope(event)], cursor: logStart, hasMore: false, gap },
    StreamAuthExpiring: { kind: 'auth-expiring', expiresAt: new Date() },
    StreamCaughtUp: { kind: 'caught-up', cursor: logStart },
    StreamGap: gap,
    Subscription: envelope(event),
    // One that everybody may see.
    'Subscription.events': envelope(logged(roleChanged(subjects.roleId, 'UPDATED'))),
    StreamHeartbeat: { kind: 'heartbeat', cursor: logStart, at: new Date() },
  };
}

/** Names events by their type, and as what an envelope holds. */
function alone(events: LoggedEvent[]): Record<string, unknown> {
  return Object.fromEntries(
    events.flatMap((event) => [
      [event.type, event],
      [`EventEnvelope.event: ${event.type}`, envelope(event)],
    ]),
  );
}

const envelope = (event: LoggedEvent) => ({ kind: 'event', event, replayed: true });

/** Makes an event as it is read back from the log. */
export const logged = (event: NewEvent): LoggedEvent => ({
  audience: null,
  id: randomUUID(),
  ...event,
  data: { ...event.data } as LoggedEvent['data'],
  sequence: 1n,
  occurredAt: new Date(),
});

/** Reads a selection of an object that a root field without any rule hands out. */
export async function readSpecimen(
  typename: string,
  specimen: unknown,
  selection: string,
  contextValue: Context,
): Promise<GraphqlBody> {
  const document = parse(`{ specimen { ${selection} } }`);
  const result = await execute({
    schema: handingOut(typename, specimen),
    document,
    contextValue,
  });
  return JSON.parse(JSON.stringify(result));
}

function handingOut(typename: string, specimen: unknown): GraphQLSchema {
  const type = schema.getType(typename);
  if (!isObjectType(type)) throw new Error(`${typename} is not an object type.`);
  const { query, types, ...config } = schema.toConfig();
  return new GraphQLSchema({
    ...config,
    types: types.filter((other) => other !== query),
    query: new GraphQLObjectType({
      name: 'Query',
      fields: { specimen: { type, resolve: () => specimen } },
    }),
  });
}
