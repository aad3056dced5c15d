import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../src/generated/prisma/client.ts';
import type { UserSort, UsersQueryVariables } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { testSeal } from '../support/cursors.ts';
import { databaseId, type Person, signUp, signUpAdmin } from '../support/people.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { watchStatements } from '../support/statements.ts';
import { useTestApp } from '../support/test-app.ts';

const Users = graphql(`
  query Users($first: Int, $after: String, $last: Int, $before: String, $orderBy: UserOrder) {
    users(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy) {
      edges { cursor node { id } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`);

const UsersInFull = graphql(`
  query UsersInFull($first: Int) {
    users(first: $first) {
      totalCount
      nodes { id email displayName username status version permissions roles { key } }
      edges { node { id } }
    }
  }
`);

const columns = {
  CREATED_AT: 'createdAt',
  UPDATED_AT: 'updatedAt',
  LAST_SEEN_AT: 'lastSeenAt',
  EMAIL: 'email',
  DISPLAY_NAME: 'displayName',
} as const satisfies Record<UserSort, keyof User>;

const orders = (Object.keys(columns) as UserSort[]).flatMap((by) =>
  (['ASC', 'DESC'] as const).map((direction) => ({ by, direction })),
);

describe('users', () => {
  const testApp = useTestApp();
  let admin: Person;
  beforeEach(async () => {
    admin = await signUpAdmin(testApp);
  });

  /** Adds users of whom several share each sort value that can be shared. */
  const addUsers = async (count: number) => {
    const names = ['ada', 'Ada', 'Ångström', 'Zoë', '李', '_'];
    const start = Date.parse('2026-01-01T00:00:00.000Z');
    await testApp.database.prisma.user.createMany({
      data: Array.from({ length: count }, (_, index) => ({
        email: `${index % 2 ? 'a' : 'b'}${index}@example.com`,
        displayName: names[index % names.length] ?? '',
        createdAt: new Date(start + (index % 4)),
        updatedAt: new Date(start + (index % 3)),
        ...(index % 2 && { lastSeenAt: new Date(start + (index % 5)) }),
      })),
    });
  };
  const page = async (variables: UsersQueryVariables) => {
    const { users } = await ask(testApp, Users, variables, { accessToken: admin.accessToken });
    if (!users) throw new Error('There is no answer.');
    return { ...users, ids: users.edges.map(({ node }) => databaseId(node.id)) };
  };
  /** Reads all pages; answers the ids in the order of the list. */
  const readAll = async (variables: UsersQueryVariables, backwards = false) => {
    const ids: string[] = [];
    let cursor: string | null = null;
    for (;;) {
      const place: UsersQueryVariables = backwards
        ? { last: 4, before: cursor }
        : { first: 4, after: cursor };
      const { ids: found, pageInfo } = await page({ ...variables, ...place });
      expect(backwards ? pageInfo.hasNextPage : pageInfo.hasPreviousPage).toBe(cursor !== null);
      if (backwards) ids.unshift(...found);
      else ids.push(...found);
      cursor = (backwards ? pageInfo.startCursor : pageInfo.endCursor) ?? null;
      if (!(backwards ? pageInfo.hasPreviousPage : pageInfo.hasNextPage)) return ids;
    }
  };
  const listed = async ({ by, direction }: (typeof orders)[number]) => {
    const way = direction === 'ASC' ? 'asc' : 'desc';
    const rows = await testApp.database.prisma.user.findMany({
      orderBy: [{ [columns[by]]: way }, { id: way }],
    });
    return rows.map(({ id }) => id);
  };

  it.each(orders)('lists all once, forwards and backwards: $by $direction', async (orderBy) => {
    await addUsers(22);
    const expected = await listed(orderBy);
    expect(expected).toHaveLength(23);
    expect(await readAll({ orderBy })).toEqual(expected);
    expect(await readAll({ orderBy }, true)).toEqual(expected);
  });

  it('lists the newest first, 20 a page, unless told otherwise', async () => {
    await addUsers(25);
    const { ids, pageInfo } = await page({});
    const expected = await listed({ by: 'CREATED_AT', direction: 'DESC' });
    expect(ids).toEqual(expected.slice(0, 20));
    expect(pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect((await page({ orderBy: { by: 'CREATED_AT' } })).ids).toEqual(ids);
  });

  it('lists what lies between two cursors', async () => {
    await addUsers(9);
    const { edges, ids } = await page({ first: 10 });
    const [after, before] = [edges[1]?.cursor ?? null, edges[7]?.cursor ?? null];
    expect((await page({ first: 20, after, before })).ids).toEqual(ids.slice(2, 7));
    expect((await page({ last: 2, after, before })).ids).toEqual(ids.slice(5, 7));
  });

  it('answers an empty page at the end', async () => {
    const { pageInfo } = await page({ first: 1 });
    const { edges, pageInfo: last } = await page({ after: pageInfo.endCursor ?? null });
    expect(edges).toEqual([]);
    expect(last).toMatchObject({ hasNextPage: false, startCursor: null, endCursor: null });
  });

  it('repeats and skips nobody while rows come and go', async () => {
    await addUsers(12);
    const orderBy = { by: 'EMAIL', direction: 'ASC' } as const;
    const all = await listed(orderBy);
    const first = await page({ first: 5, orderBy });
    const { prisma } = testApp.database;
    await prisma.user.create({ data: { email: '0@example.com', displayName: 'Before' } });
    await prisma.user.delete({ where: { id: all[2] ?? '' } });
    const after = first.pageInfo.endCursor ?? null;
    expect((await page({ first: 5, after, orderBy })).ids).toEqual(all.slice(5, 10));
  });

  it('goes on where the row of the cursor is gone', async () => {
    await addUsers(12);
    const all = await listed({ by: 'CREATED_AT', direction: 'DESC' });
    const { pageInfo } = await page({ first: 5 });
    await testApp.database.prisma.user.delete({ where: { id: all[4] ?? '' } });
    const after = pageInfo.endCursor ?? null;
    expect((await page({ first: 5, after })).ids).toEqual(all.slice(5, 10));
    expect((await page({ last: 5, before: after })).ids).toEqual(all.slice(0, 4));
  });

  it('counts only when asked to, and then all pages', async () => {
    await addUsers(9);
    const watch = watchStatements(testApp.database);
    const sender = { accessToken: admin.accessToken };
    const plain = await watch.record(() => ask(testApp, Users, { first: 2 }, sender));
    expect(plain.sent.join('\n')).not.toMatch(/count\(/i);
    const full = await watch.record(() => ask(testApp, UsersInFull, { first: 2 }, sender));
    expect(full.sent.filter((sql) => /count\(/i.test(sql))).toHaveLength(1);
    expect(full.result.users?.totalCount).toBe(10);
    expect(full.result.users?.nodes).toHaveLength(2);
  });

  it('shows the whole accounts, as nodes and as edges', async () => {
    const ada = await signUp(testApp);
    const sender = { accessToken: admin.accessToken };
    const { users } = await ask(testApp, UsersInFull, {}, sender);
    expect(users?.nodes).toMatchObject([
      { id: ada.id, email: ada.email, roles: [{ key: 'user' }], permissions: [] },
      { id: admin.id, roles: [{ key: 'user' }, { key: 'admin' }], permissions: expect.any(Array) },
    ]);
    expect(users?.edges).toEqual([{ node: { id: ada.id } }, { node: { id: admin.id } }]);
  });

  const cursor = (list: string, ...content: unknown[]) =>
    testSeal.seal(list, JSON.stringify(content));
  const newest = 'users/CREATED_AT/DESC';
  const byEmail = { by: 'EMAIL', direction: 'ASC' } as const;
  const now = '2026-01-01T00:00:00.000Z';
  const uuid = randomUUID();
  const refused: [string, string, UsersQueryVariables][] = [
    ['first: 0', 'first', { first: 0 }],
    ['first: -1', 'first', { first: -1 }],
    ['first: 101', 'first', { first: 101 }],
    ['last: 0', 'last', { last: 0 }],
    ['last: 101', 'last', { last: 101 }],
    ['first and last', 'last', { first: 1, last: 1 }],
    ['an empty cursor', 'after', { after: '' }],
    ['a cursor that is another text', 'after', { after: 'ada' }],
    [
      'a cursor that nobody sealed',
      'before',
      { before: Buffer.from(JSON.stringify([newest, now, uuid])).toString('base64url') },
    ],
    ['a cursor of another order', 'after', { after: cursor('users/EMAIL/ASC', 'a@b.c', uuid) }],
    [
      'a cursor of another direction',
      'after',
      { after: cursor('users/CREATED_AT/ASC', now, uuid) },
    ],
    ['a cursor at no moment', 'before', { before: cursor(newest, 'soon', uuid) }],
    ['a cursor on no day', 'after', { after: cursor(newest, now.replace('01-01', '13-41'), uuid) }],
    [
      'a cursor in the year 0',
      'after',
      { after: cursor(newest, now.replace('2026', '0000'), uuid) },
    ],
    ['a cursor beyond all years', 'after', { after: cursor(newest, '+275760-09-13', uuid) }],
    ['a cursor before all years', 'after', { after: cursor(newest, '-271821-04-20', uuid) }],
    [
      'a cursor with a NUL',
      'after',
      { orderBy: byEmail, after: cursor('users/EMAIL/ASC', '\0', uuid) },
    ],
  ];
  it('refuses a page that cannot be, and says why: BAD_USER_INPUT', async () => {
    for (const [kind, argument, variables] of refused) {
      const sender = { accessToken: admin.accessToken };
      const { body } = await send(testApp, Users, variables, sender);
      expect({ kind, body }).toMatchObject({
        kind,
        body: {
          data: { users: null },
          errors: [{ extensions: { code: 'BAD_USER_INPUT', issues: [{ path: [argument] }] } }],
        },
      });
    }
  });

  it('takes 100 a page', async () => {
    await addUsers(120);
    expect((await page({ first: 100 })).ids).toHaveLength(100);
    expect((await page({ last: 100 })).ids).toHaveLength(100);
  });

  it('is refused to a user without users:read: FORBIDDEN', async () => {
    const { accessToken } = await signUp(testApp);
    const answer = await send(testApp, Users, {}, { accessToken });
    expect(codesOf(answer)).toEqual(['FORBIDDEN']);
    expect(answer.body.data).toEqual({ users: null });
  });

  it('is refused to a stranger: UNAUTHENTICATED', async () => {
    expect(codesOf(await send(testApp, Users, {}))).toEqual(['UNAUTHENTICATED']);
  });
});
