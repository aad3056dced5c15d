import { randomUUID } from 'node:crypto';
import { userChanged } from '../../src/modules/user/user.events.ts';
import { appendEvents } from '../../src/platform/event-log/append.ts';
import type { World } from './access-world.ts';
import { databaseId } from './people.ts';
import type { TestApp } from './test-app.ts';

/** How many rows a list is asked for, where it is asked for many. */
export const manyRows = 20;

/** Global ids of many objects, by type: of the user themself, where only their own can be seen. */
export type Crowd = Record<string, string[]>;

/** Makes enough rows of each kind that a list of many is full. */
export async function makeCrowd({ database }: TestApp, { people, ids }: World): Promise<Crowd> {
  const { prisma } = database;
  const { userId, sessionId } = people.self;
  const each = <Row>(make: (index: number) => Row) =>
    Array.from({ length: manyRows }, (_, n) => make(n));
  const users = await prisma.user.createManyAndReturn({
    data: each((n) => ({ email: `${randomUUID()}@example.com`, displayName: `User ${n}` })),
  });
  await prisma.avatar.createMany({
    data: users.map(({ id }) => ({ userId: id, digest: id.replaceAll('-', '') })),
  });
  const { id: _, ...session } = await prisma.session.findUniqueOrThrow({
    where: { id: sessionId },
  });
  const sessions = await prisma.session.createManyAndReturn({ data: each(() => session) });
  // One each to read below a list of users.
  await prisma.session.createMany({ data: users.map(({ id }) => ({ ...session, userId: id })) });
  const roles = await prisma.role.createManyAndReturn({
    data: each(() => ({ key: `x-${randomUUID()}` })),
  });
  const senderId = databaseId(ids.bystander ?? '');
  const messageTo = (recipientId: string) => ({
    senderId,
    recipientId,
    conversation: [senderId, recipientId].sort().join(':'),
    body: 'x',
  });
  const messages = await prisma.message.createManyAndReturn({
    data: each(() => messageTo(userId)),
  });
  await prisma.message.createMany({ data: each(() => messageTo(people.admin.userId)) });
  const dataExports = await prisma.dataExport.createManyAndReturn({
    data: each(() => ({ userId })),
  });
  await prisma.$transaction((transaction) =>
    appendEvents(
      transaction,
      each(() => userChanged(userId, 'UPDATED', ['locale'])),
    ),
  );
  const auditEvents = await prisma.auditEvent.findMany({
    take: manyRows,
    orderBy: { id: 'asc' },
  });
  return {
    AuditEvent: globalIds('AuditEvent', auditEvents),
    DataExport: globalIds('DataExport', dataExports),
    Message: globalIds('Message', messages),
    Role: globalIds('Role', roles),
    Session: globalIds('Session', sessions),
    User: globalIds('User', users),
  };
}

const globalIds = (typename: string, rows: { id: string }[]) =>
  rows.map(({ id }) => Buffer.from(`${typename}:${id}`).toString('base64'));
