import { randomUUID } from 'node:crypto';
import { createPresenceKeeper } from '../../src/modules/presence/presence-keeper.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { createCommit } from '../../src/platform/unit-of-work.ts';
import type { PresenceFollowedSubscription, PresenceStatus } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { captureLog } from './captured-log.ts';
import { type LiveAnswers, subscribe } from './live-answers.ts';
import type { Person } from './people.ts';
import { ask } from './request.ts';
import type { TestApp } from './test-app.ts';

const SetPresence = graphql(`
  mutation SetPresence($status: PresenceStatus!) {
    setPresence(status: $status) {
      __typename
      ... on RateLimitedError { scope retryAfterSeconds }
    }
  }
`);

/** Follows the presence of users. */
const PresenceFollowed = graphql(`
  subscription PresenceFollowed($userIds: [ID!]!) {
    presenceChanged(userIds: $userIds) {
      userId
      status
      connections
      lastSeenAt
      user { id displayName }
    }
  }
`);

/** The presence of users who are followed. */
export type PresenceStream = LiveAnswers<PresenceFollowedSubscription>;

/** Builds what keeps the presence of an instance, over a database without an instance. */
export function openKeeper(database: Pick<Database, 'prisma'>) {
  const logged = captureLog();
  const commit = createCommit(
    database,
    { enqueue: async () => {} },
    { onEvents() {}, onNotice() {} },
  );
  return { logged, ...createPresenceKeeper({ database, commit, log: logged.log }) };
}

/** Leases connections to a user as an instance does that goes on living for long; answers its id. */
export async function lease(
  { prisma }: Pick<Database, 'prisma'>,
  userId: string,
  connections = 1,
): Promise<string> {
  const instanceId = randomUUID();
  const expiresAt = new Date(Date.now() + 86_400_000);
  await prisma.connectionLease.create({
    data: { instanceId, sessionId: randomUUID(), userId, connections, expiresAt },
  });
  return instanceId;
}

/** Lets the leases of instances run out, as time does when they are killed. */
export async function expireLeases(
  { prisma }: Pick<Database, 'prisma'>,
  ...instanceIds: string[]
): Promise<void> {
  const where = { instanceId: { in: instanceIds } };
  await prisma.connectionLease.updateMany({ where, data: { expiresAt: new Date(0) } });
}

/** Says how somebody wants to be seen; answers the name of what came of it. */
export async function setPresence(
  testApp: Pick<TestApp, 'app'>,
  { accessToken }: Person,
  status: PresenceStatus,
): Promise<string | undefined> {
  const answer = await ask(testApp, SetPresence, { status }, { accessToken });
  return answer.setPresence?.__typename;
}

/** Connects somebody at an instance that goes on living, and lets them be seen so. */
export async function connect(testApp: TestApp, person: Person, connections = 1): Promise<void> {
  await lease(testApp.database, person.userId, connections);
  await setPresence(testApp, person, 'ONLINE');
}

/** Follows the presence of users with those global ids. */
export const followPresence = (
  testApp: Pick<TestApp, 'app'>,
  viewer: Person | undefined,
  userIds: string[],
): Promise<PresenceStream> => subscribe(testApp, PresenceFollowed, { userIds }, viewer);

/** Waits for the next presence, as it was sent. */
export async function nextPresence(stream: PresenceStream) {
  return (await stream.nextData()).presenceChanged;
}

/** Waits for so many; answers each in short: the name of the user, and the status. */
export async function readPresences(stream: PresenceStream, count: number): Promise<string[]> {
  const told: string[] = [];
  while (told.length < count) {
    const { user, status } = await nextPresence(stream);
    told.push(`${user?.displayName ?? 'nobody'} ${status}`);
  }
  return told;
}

/** Reads of whom the log tells under the topic, in its order. */
export async function loggedPresences({ prisma }: Pick<Database, 'prisma'>): Promise<string[]> {
  const events = await prisma.loggedEvent.findMany({
    where: { topic: 'PRESENCE' },
    orderBy: { sequence: 'asc' },
  });
  return events.map(({ userId }) => userId ?? 'nobody');
}
