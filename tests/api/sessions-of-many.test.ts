import { beforeEach, describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { type Person, signIn, signUp, signUpAdmin } from '../support/people.ts';
import { ask } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const testApp = useTestApp();

const Both = graphql(`
  query SessionsOfMany($first: Int!, $alone: ID!) {
    users(first: 10) {
      nodes {
        id
        sessions(first: $first) { nodes { id } edges { cursor } pageInfo { hasNextPage endCursor } }
      }
    }
    user(id: $alone) {
      id
      one: sessions(first: 1) { nodes { id } }
    }
  }
`);
const Alone = graphql(`
  query SessionsOfOne($id: ID!, $first: Int!, $after: String) {
    user(id: $id) {
      sessions(first: $first, after: $after) {
        nodes { id } edges { cursor } pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

describe('the sessions of many users, read together,', () => {
  let root: Person;
  let people: Person[];
  beforeEach(async () => {
    root = await signUpAdmin(testApp);
    people = [];
    for (const name of ['Ada', 'Bob', 'Cleo']) people.push(await signUp(testApp, name));
    const [ada, bob] = people as [Person, Person];
    for (let count = 0; count < 3; count += 1) await signIn(testApp, ada);
    const gone = await signIn(testApp, bob);
    await testApp.database.prisma.session.update({
      where: { id: gone.sessionId },
      data: { revokedAt: new Date(), revokeReason: 'SIGNED_OUT' },
    });
  });

  it.each([1, 2, 3, 10])(
    'are those of each alone, page and cursors included: %i',
    async (first) => {
      const [{ id: alone }] = people as [Person];
      const both = await ask(testApp, Both, { first, alone }, root);
      expect(both.users?.nodes).toHaveLength(4);
      for (const { id, sessions } of both.users?.nodes ?? []) {
        const own = await ask(testApp, Alone, { id, first }, root);
        expect(sessions).toEqual(own.user?.sessions);
      }
      expect(both.user?.one?.nodes).toHaveLength(1);
    },
  );

  it('go on after a cursor of them', async () => {
    const [{ id }] = people as [Person];
    const both = await ask(testApp, Both, { first: 2, alone: id }, root);
    const page = both.users?.nodes?.find((user) => user.id === id)?.sessions;
    const after = page?.pageInfo.endCursor ?? '';
    const rest = await ask(testApp, Alone, { id, first: 9, after }, root);
    const ids = [page, rest.user?.sessions].flatMap((one) => one?.nodes.map(({ id }) => id) ?? []);
    const all = await ask(testApp, Alone, { id, first: 9 }, root);
    expect(ids).toEqual(all.user?.sessions?.nodes.map(({ id }) => id));
    expect(ids).toHaveLength(4);
  });
});
