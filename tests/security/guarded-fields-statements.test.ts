import { beforeAll, describe, expect, it } from 'vitest';
import type { TypedDocumentString } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { globalId, type Person, signUp, signUpAdmin, signUpWith } from '../support/people.ts';
import { codesOf, send } from '../support/request.ts';
import { countStatements, type StatementWatch, watchStatements } from '../support/statements.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

const GuardedUsers = graphql(`
  query GuardedUsers($first: Int) {
    users(first: $first) {
      nodes {
        id displayName username version email emailVerifiedAt locale timezone status
        roles { key permissions } permissions createdAt updatedAt
      }
    }
  }
`);
const PublicNodes = graphql(`
  query PublicNodes($ids: [ID!]!) {
    nodes(ids: $ids) { ... on User { id displayName username } }
  }
`);
const RefusedNodes = graphql(`
  query RefusedNodes($ids: [ID!]!) { nodes(ids: $ids) { ... on User { id email } } }
`);
const SessionNodes = graphql(`
  query SessionNodes($ids: [ID!]!) {
    nodes(ids: $ids) { ... on Session { id ipAddress user { id displayName } } }
  }
`);

describe('to ask who may see a row', () => {
  let testApp: TestApp;
  let watch: StatementWatch;
  let people: Record<'ada' | 'support' | 'admin', Person>;
  let userIds: string[];
  let sessionIds: string[];
  beforeAll(async () => {
    const running = await startTestApp();
    testApp = running;
    watch = watchStatements(running.database);
    const { prisma } = running.database;
    const users = await prisma.user.createManyAndReturn({
      data: Array.from({ length: 20 }, (_, index) => ({
        email: `user${index}@example.com`,
        displayName: `User ${index}`,
      })),
    });
    userIds = users.map(({ id }) => globalId('User', id));
    const later = new Date(Date.now() + 3_600_000);
    const times = { authenticatedAt: new Date(), expiresAt: later, idleExpiresAt: later };
    const sessions = await prisma.session.createManyAndReturn({
      data: users.map(({ id }) => ({ userId: id, salt: Buffer.alloc(32), ...times })),
    });
    sessionIds = sessions.map(({ id }) => globalId('Session', id));
    people = {
      ada: await signUp(running),
      support: await signUpWith(running, ['users:read', 'sessions:read']),
      admin: await signUpAdmin(running),
    };
    return running.stop;
  });

  /** Counts the statements of an operation, once it is known who calls. */
  async function count<Data, Variables>(
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
    viewer: Person,
    codes: unknown[] = [],
  ): Promise<number> {
    await send(testApp, document, variables, viewer);
    const { sent, result } = await watch.record(() => send(testApp, document, variables, viewer));
    expect([...new Set(codesOf(result))]).toEqual(codes);
    return countStatements(sent).statements;
  }

  it.each(['support', 'admin'] as const)(
    'takes no statement for a user in a list: %s',
    async (who) => {
      const viewer = people[who];
      expect(await count(GuardedUsers, { first: 2 }, viewer)).toBe(3);
      expect(await count(GuardedUsers, { first: 20 }, viewer)).toBe(3);
    },
  );

  it.each(['ada', 'support', 'admin'] as const)(
    'takes no statement for a user by id: %s',
    async (who) => {
      const viewer = people[who];
      expect(await count(PublicNodes, { ids: userIds.slice(0, 2) }, viewer)).toBe(1);
      expect(await count(PublicNodes, { ids: userIds }, viewer)).toBe(1);
    },
  );

  it('takes no statement for a refusal', async () => {
    const { ada } = people;
    expect(await count(RefusedNodes, { ids: userIds.slice(0, 2) }, ada, ['FORBIDDEN'])).toBe(1);
    expect(await count(RefusedNodes, { ids: userIds }, ada, ['FORBIDDEN'])).toBe(1);
  });

  it.each(['support', 'admin'] as const)('takes no statement for a session: %s', async (who) => {
    const viewer = people[who];
    const few = await count(SessionNodes, { ids: sessionIds.slice(0, 2) }, viewer);
    expect(few).toBe(2);
    expect(await count(SessionNodes, { ids: sessionIds }, viewer)).toBe(few);
  });
});
