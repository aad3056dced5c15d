import { randomUUID } from 'node:crypto';
import { execute, GraphQLObjectType, GraphQLSchema, isObjectType, parse } from 'graphql';
import type { LoggedEvent } from '../../src/generated/prisma/client.ts';
import type { Context } from '../../src/graphql/context.ts';
import { schema } from '../../src/graphql/schema.ts';
import { securityNotice, sessionRevoked } from '../../src/modules/session/session.events.ts';
import { userChanged } from '../../src/modules/user/user.events.ts';
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
export async function makeSpecimens(
  { database }: TestApp,
  owner: Person,
): Promise<Record<string, unknown>> {
  const { prisma } = database;
  await linkAll(database);
  const session = await prisma.session.findUniqueOrThrow({ where: { id: owner.sessionId } });
  const user = await prisma.user.findUniqueOrThrow({ where: { id: owner.userId } });
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
    Role: await prisma.role.findUniqueOrThrow({ where: { key: 'user' } }),
    AuditEvent: await prisma.auditEvent.findFirstOrThrow({ where: { targetId: session.id } }),
    Ack: { ok: true },
    MfaChallenge: { challengeToken: 'x', expiresAt: new Date(), methods: ['EMAIL_CODE'] },
    ...makeEvents(session),
  };
}

function makeEvents(session: { id: string; userId: string }): Record<string, unknown> {
  const envelope = (event: LoggedEvent) => ({ kind: 'event', event, replayed: true });
  const events = Object.fromEntries(
    [
      userChanged(session.userId, 'UPDATED', ['locale']),
      sessionRevoked(session, 'SIGNED_OUT'),
      securityNotice('TOKEN_REUSED', session.userId, session.id),
    ].map((event) => [event.type, logged(event)]),
  );
  const [event = logged(sessionRevoked(session, 'SIGNED_OUT'))] = Object.values(events);
  const gap = { kind: 'gap', from: logStart, resumedAt: logStart, reason: 'LOG_RESET' };
  return {
    ...events,
    ...Object.fromEntries(
      Object.entries(events).map(([type, each]) => [
        `EventEnvelope.event: ${type}`,
        envelope(each),
      ]),
    ),
    EventEnvelope: envelope(event),
    EventPage: { items: [envelope(event)], cursor: logStart, hasMore: false, gap },
    StreamCaughtUp: { kind: 'caught-up', cursor: logStart },
    StreamGap: gap,
    Subscription: envelope(event),
  };
}

const logged = (event: NewEvent): LoggedEvent => ({
  ...event,
  data: { ...event.data } as LoggedEvent['data'],
  id: randomUUID(),
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
