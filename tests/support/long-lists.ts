import type { Prisma } from '../../src/generated/prisma/client.ts';
import { type UserSort, userCursor } from '../../src/modules/user/user.paging.ts';
import { encodeEventCursor, eventCursorOf } from '../../src/platform/event-log/cursor.ts';
import { encodeCursor } from '../../src/platform/paging.ts';
import type { World } from './access-world.ts';
import { testSeal } from './cursors.ts';
import type { TestApp } from './test-app.ts';

/** A list of a root query, by who asks and more arguments. */
export interface LongList {
  name: string;
  column: 'self' | 'admin';
  /** SELF and ADMIN stand for the ids of the two. */
  besides: string;
  /** Finds a place in the middle of it. */
  middle: (testApp: TestApp, world: World) => Promise<string>;
}

const sortKeys = {
  CREATED_AT: 'createdAt',
  UPDATED_AT: 'updatedAt',
  LAST_SEEN_AT: 'lastSeenAt',
  EMAIL: 'email',
  DISPLAY_NAME: 'displayName',
} as const satisfies Record<UserSort, string>;

const usersBy = (by: UserSort, direction: 'ASC' | 'DESC'): LongList => ({
  name: 'users',
  column: 'admin',
  besides: `orderBy: {by: ${by}, direction: ${direction}}`,
  async middle({ database: { prisma } }) {
    const sort = direction === 'ASC' ? 'asc' : 'desc';
    const user = await prisma.user.findFirstOrThrow({
      orderBy: [{ [sortKeys[by]]: sort }, { id: sort }],
      skip: Math.floor((await prisma.user.count()) / 2),
    });
    return userCursor(testSeal, { by, direction }, user);
  },
});

const acts = (
  besides: string,
  where?: (world: World) => Prisma.AuditEventWhereInput,
): LongList => ({
  name: 'auditEvents',
  column: 'admin',
  besides,
  async middle({ database: { prisma } }, world) {
    const query = { orderBy: { id: 'desc' }, where: where?.(world) ?? {} } as const;
    const skip = Math.floor((await prisma.auditEvent.count({ where: query.where })) / 2);
    const { id } = await prisma.auditEvent.findFirstOrThrow({ ...query, skip });
    return encodeCursor(testSeal, 'audit-events', { value: '', id });
  },
});

const messages = (
  besides: string,
  where: (world: World) => Prisma.MessageWhereInput,
): LongList => ({
  name: 'messages',
  column: 'self',
  besides,
  async middle({ database: { prisma } }, world) {
    const query = { orderBy: { id: 'desc' }, where: where(world) } as const;
    const skip = Math.floor((await prisma.message.count({ where: query.where })) / 2);
    const { id } = await prisma.message.findFirstOrThrow({ ...query, skip });
    return encodeCursor(testSeal, 'messages', { value: '', id });
  },
});

const events = (column: 'self' | 'admin', besides = ''): LongList => ({
  name: 'events',
  column,
  besides,
  async middle({ database: { prisma } }) {
    const skip = Math.floor((await prisma.loggedEvent.count()) / 2);
    const row = await prisma.loggedEvent.findFirstOrThrow({ orderBy: { sequence: 'asc' }, skip });
    return encodeEventCursor(eventCursorOf(row));
  },
});

/** The lists that root queries answer with, in each of their orders and by what narrows them. */
export const longLists: LongList[] = [
  ...(Object.keys(sortKeys) as UserSort[]).flatMap((by) => [
    usersBy(by, 'ASC'),
    usersBy(by, 'DESC'),
  ]),
  acts(''),
  acts('filter: {actions: ["role.created"]}', () => ({ action: 'role.created' })),
  acts('filter: {actions: ["role.created", "session.started"]}'),
  acts('filter: {actorId: "SELF"}', ({ people }) => ({ actorId: people.self.userId })),
  acts('filter: {targetId: "SELF"}', ({ people }) => ({ targetId: people.self.userId })),
  acts('filter: {ipAddress: "192.0.2.1a"}', () => ({ origin: { ipAddress: '192.0.2.1a' } })),
  messages('', ({ people }) => ({ recipientId: people.self.userId })),
  messages('with: "ADMIN"', ({ people: { self, admin } }) => ({
    conversation: [self.userId, admin.userId].sort().join(':'),
  })),
  messages('channel: "broadcast"', () => ({ channel: 'broadcast' })),
  events('self'),
  events('admin'),
  events('self', 'topics: [USER]'),
  events('admin', 'topics: [USER]'),
  events('self', 'topics: [MESSAGE]'),
  events('self', 'topics: [SESSION, SECURITY]'),
];
