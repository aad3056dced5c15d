import { beforeEach, describe, expect, it } from 'vitest';
import type { Prisma } from '../../src/generated/prisma/client.ts';
import type { UserFilter, UsersFilteredQueryVariables } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { type Person, signUp, signUpAdmin } from '../support/people.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const Users = graphql(`
  query UsersFiltered($filter: UserFilter, $first: Int, $after: String) {
    users(filter: $filter, orderBy: { by: EMAIL, direction: ASC }, first: $first, after: $after) {
      totalCount
      nodes { email }
      pageInfo { hasNextPage endCursor }
    }
  }
`);
const UserByEmail = graphql(`
  query UserByEmail($email: EmailAddress!) { userByEmail(email: $email) { displayName lastSeenAt } }
`);

const day = (number: number) => new Date(Date.UTC(2026, 0, number));

const people: Prisma.UserCreateInput[] = [
  {
    email: 'ada@lovelace.example',
    displayName: 'Ada Lovelace',
    createdAt: day(1),
    emailVerifiedAt: day(1),
    lastSeenAt: day(5),
  },
  {
    email: 'grace@navy.example',
    displayName: 'Grace "Amazing" Hopper',
    createdAt: day(2),
    status: 'SUSPENDED',
    lastSeenAt: day(6),
  },
  {
    email: 'kaj@navy.example',
    displayName: '100%_\\ Ångström',
    createdAt: day(3),
    emailVerifiedAt: day(3),
    status: 'DELETION_SCHEDULED',
  },
  {
    email: 'gone@navy.example',
    displayName: 'Ada Gone',
    createdAt: day(2),
    deletedAt: day(3),
    lastSeenAt: day(5),
  },
];

describe('users with a filter', () => {
  const testApp = useTestApp();
  let admin: Person;
  beforeEach(async () => {
    admin = await signUpAdmin(testApp);
    await testApp.database.prisma.user.createMany({ data: people });
  });

  const list = async (variables: UsersFilteredQueryVariables) => {
    const { users } = await ask(testApp, Users, variables, admin);
    return { ...users, names: users?.nodes.map(({ email }) => email?.split(/[@.]/)[0]) };
  };

  it.each<[UserFilter, string[]]>([
    [{ search: 'love' }, ['ada']],
    [{ search: 'LOVE' }, ['ada']],
    [{ search: '  lovelace.ex ' }, ['ada']],
    [{ search: 'zing" ho' }, ['grace']],
    [{ search: 'NAVY' }, ['grace', 'kaj']],
    [{ search: 'avy' }, ['grace', 'kaj']],
    [{ search: 'Ångstr' }, ['kaj']],
    [{ search: 'A\u030angstr' }, ['kaj']],
    [{ search: '00%' }, ['kaj']],
    [{ search: '0%_' }, ['kaj']],
    [{ search: '%_\\' }, ['kaj']],
    [{ search: '\\ å' }, ['kaj']],
    [{ search: '%%%' }, []],
    [{ search: '___' }, []],
    [{ search: '\\\\\\' }, []],
    [{ search: 'a_a' }, []],
    [{ search: 'a%a' }, []],
    [{ search: "' OR 1=1" }, []],
    [{ email: 'ada@lovelace.example' }, ['ada']],
    [{ email: ' Ada@Lovelace.EXAMPLE ' }, ['ada']],
    [{ email: 'lovelace@ada.example' }, []],
    [{ email: 'gone@navy.example' }, []],
    [{ status: ['SUSPENDED'] }, ['grace']],
    [{ status: ['SUSPENDED', 'DELETION_SCHEDULED'] }, ['grace', 'kaj']],
    [{ role: 'no-such-role' }, []],
    [{ emailVerified: false }, ['grace']],
    [{ emailVerified: true, search: 'example' }, ['ada', 'kaj', 'root']],
    [{ createdAt: { from: day(2).toISOString(), to: day(3).toISOString() } }, ['grace', 'kaj']],
    [{ createdAt: { to: day(1).toISOString() } }, ['ada']],
    [{ createdAt: { from: null, to: day(2).toISOString() } }, ['ada', 'grace']],
    [{ lastSeenAt: { from: day(5).toISOString(), to: day(6).toISOString() } }, ['ada', 'grace']],
    [
      { lastSeenAt: { to: day(5).toISOString() }, createdAt: { to: day(9).toISOString() } },
      ['ada', 'kaj'],
    ],
    [{ search: 'ada', status: ['SUSPENDED'] }, []],
    [
      { search: 'example', createdAt: {}, status: null, email: null },
      ['ada', 'grace', 'kaj', 'root'],
    ],
  ])('lists and counts those for whom all of it holds: %j', async (filter, expected) => {
    const { names, totalCount } = await list({ filter });
    expect(names).toEqual(expected);
    expect(totalCount).toBe(expected.length);
  });

  it('finds the holders of a role by its key', async () => {
    const { nodes, totalCount } = await list({ filter: { role: 'admin' } });
    expect({ nodes, totalCount }).toEqual({ nodes: [{ email: admin.email }], totalCount: 1 });
  });

  it('pages through what it lets through', async () => {
    const filter = { search: 'example' };
    const first = await list({ filter, first: 2 });
    expect(first).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: true } });
    const rest = await list({ filter, first: 2, after: first.pageInfo?.endCursor ?? null });
    expect(rest).toMatchObject({ names: ['kaj', 'root'], pageInfo: { hasNextPage: false } });
  });

  it.each<[string, UserFilter, string[]]>([
    ['a search of nothing', { search: '' }, ['filter', 'search']],
    ['a search of two characters', { search: ' ab ' }, ['filter', 'search']],
    ['a search of 101 characters', { search: 'a'.repeat(101) }, ['filter', 'search']],
    ['a search with a NUL', { search: 'a\0b' }, ['filter', 'search']],
    ['no address', { email: 'ada' }, ['filter', 'email']],
    ['an address with a wildcard for a host', { email: 'ada@%' }, ['filter', 'email']],
    ['no status', { status: [] }, ['filter', 'status']],
    ['a role with a NUL', { role: 'a\0' }, ['filter', 'role']],
    ['a very long role', { role: 'a'.repeat(101) }, ['filter', 'role']],
    [
      'a span that ends before it begins',
      { createdAt: { from: day(2).toISOString(), to: day(1).toISOString() } },
      ['filter', 'createdAt', 'to'],
    ],
    [
      'another such span',
      { lastSeenAt: { from: day(2).toISOString(), to: day(1).toISOString() } },
      ['filter', 'lastSeenAt', 'to'],
    ],
  ])('refuses %s and says where: BAD_USER_INPUT', async (_kind, filter, path) => {
    const { body } = await send(testApp, Users, { filter }, admin);
    expect(body).toMatchObject({
      data: { users: null },
      errors: [{ extensions: { code: 'BAD_USER_INPUT', issues: [{ path }] } }],
    });
  });

  it.each([
    '0000-12-31T23:59:59Z',
    '0001-01-01T00:00:00+14:00',
    '9999-12-31T23:59:59-14:00',
    '2026-02-30T00:00:00Z',
    '2026',
  ])('takes no moment that cannot be one: %s', async (from) => {
    for (const filter of [{ createdAt: { from } }, { lastSeenAt: { to: from } }]) {
      expect(codesOf(await send(testApp, Users, { filter }, admin))).toEqual(['BAD_USER_INPUT']);
    }
  });

  it.each(['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'])(
    'takes the first and the last moment: %s',
    async (moment) => {
      for (const span of [{ from: moment }, { to: moment }]) {
        const filter = { createdAt: span, lastSeenAt: span };
        expect(codesOf(await send(testApp, Users, { filter }, admin))).toEqual([]);
      }
    },
  );

  it('is refused to a user without users:read, whatever the filter: FORBIDDEN', async () => {
    const { accessToken } = await signUp(testApp);
    const answer = await send(testApp, Users, { filter: { search: 'ada' } }, { accessToken });
    expect(codesOf(answer)).toEqual(['FORBIDDEN']);
    expect(answer.body.data).toEqual({ users: null });
  });

  describe('userByEmail', () => {
    const find = async (email: string) =>
      (await ask(testApp, UserByEmail, { email }, admin)).userByEmail;

    it('finds a user by the address, in whatever case', async () => {
      const ada = { displayName: 'Ada Lovelace', lastSeenAt: day(5).toISOString() };
      expect(await find(' ADA@lovelace.example')).toEqual(ada);
    });

    it('says null of a user who never was seen', async () => {
      expect(await find('kaj@navy.example')).toMatchObject({ lastSeenAt: null });
    });

    it.each(['nobody@lovelace.example', 'gone@navy.example'])(
      'answers null where there is nobody: %s',
      async (email) => {
        expect(await find(email)).toBeNull();
      },
    );

    it('refuses what is no address: BAD_USER_INPUT', async () => {
      const { body } = await send(testApp, UserByEmail, { email: 'ada' }, admin);
      expect(body).toMatchObject({
        data: { userByEmail: null },
        errors: [{ extensions: { code: 'BAD_USER_INPUT', issues: [{ path: ['email'] }] } }],
      });
    });
  });
});
