import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { globalId, type Person, signUp, signUpAdmin, suspend } from '../support/people.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const Node = graphql(`
  query Node($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on User { displayName }
      ... on Session { deviceLabel amr }
      ... on Role { key }
    }
  }
`);

const Nodes = graphql(`
  query Nodes($ids: [ID!]!) {
    nodes(ids: $ids) { __typename id }
  }
`);

const NodeEmail = graphql(`
  query NodeEmail($id: ID!) {
    node(id: $id) { ... on User { email } }
  }
`);

describe('node', () => {
  const testApp = useTestApp();
  const arrange = async () => {
    const ada = await signUp(testApp);
    const other = await signUp(testApp, 'Grace Hopper');
    const suspended = await signUp(testApp, 'Sus Pended');
    await suspend(testApp, suspended);
    const admin = await signUpAdmin(testApp);
    const role = await testApp.database.prisma.role.findFirstOrThrow();
    const ids = {
      User: ada.id,
      SuspendedUser: suspended.id,
      Session: globalId('Session', ada.sessionId),
      Role: globalId('Role', role.id),
    };
    return { ids, viewers: { stranger: null, other, self: ada, admin } };
  };
  const fetch = (id: string, viewer: Person | null) =>
    send(testApp, Node, { id }, { accessToken: viewer?.accessToken });

  it('shows each type to whom it concerns, and null to everyone else', async () => {
    const { ids, viewers } = await arrange();
    const seen: Record<string, string[]> = {};
    for (const [kind, id] of Object.entries(ids)) {
      seen[kind] = [];
      for (const [name, viewer] of Object.entries(viewers)) {
        const { body } = await fetch(id, viewer);
        expect(body.errors).toBeUndefined();
        if (body.data?.node) {
          expect(body.data.node).toMatchObject({ __typename: kind.replace('Suspended', ''), id });
          seen[kind].push(name);
        }
      }
    }
    expect(seen).toEqual({
      User: ['other', 'self', 'admin'],
      SuspendedUser: ['admin'],
      Session: ['self', 'admin'],
      Role: ['other', 'self', 'admin'],
    });
  });

  it('answers for what may not be seen as for what is not there', async () => {
    const { ids, viewers } = await arrange();
    const hidden = [
      [ids.User, viewers.stranger],
      [ids.Session, viewers.stranger],
      [ids.Role, viewers.stranger],
      [ids.SuspendedUser, viewers.other],
      [ids.Session, viewers.other],
    ] as const;
    for (const [id, viewer] of hidden) {
      const [typename] = Buffer.from(id, 'base64').toString().split(':');
      const missing = Buffer.from(`${typename}:${randomUUID()}`).toString('base64');
      const [answer, expected] = [await fetch(id, viewer), await fetch(missing, viewer)];
      expect(answer.body).toEqual({ data: { node: null } });
      expect(answer.body).toEqual(expected.body);
      expect(answer.status).toBe(expected.status);
      expect([...answer.headers.keys()]).toEqual([...expected.headers.keys()]);
    }
  });

  it('guards the fields of what it shows: FORBIDDEN', async () => {
    const { ids, viewers } = await arrange();
    const { accessToken } = viewers.other;
    const answer = await send(testApp, NodeEmail, { id: ids.User }, { accessToken });
    expect(codesOf(answer)).toEqual(['FORBIDDEN']);
    expect(answer.body.data).toEqual({ node: { email: null } });
  });

  const uuid = randomUUID();
  const encode = (text: string) => Buffer.from(text).toString('base64');
  const foreign = {
    'another text': 'ada',
    'no UUID': encode('User:1'),
    'a type that is none': encode(`Nobody:${uuid}`),
    'a type that is no node': encode(`TokenPair:${uuid}`),
    'a table that is no type': encode(`PasswordCredential:${uuid}`),
    'a name that all objects have': encode(`__proto__:${uuid}`),
  };

  it.each(Object.entries(foreign))('refuses an id that is %s: BAD_USER_INPUT', async (_, id) => {
    const { accessToken } = await signUp(testApp);
    for (const sender of [{}, { accessToken }]) {
      expect(codesOf(await send(testApp, Node, { id }, sender))).toEqual(['BAD_USER_INPUT']);
      const nodes = await send(testApp, Nodes, { ids: [id] }, sender);
      expect(codesOf(nodes)).toEqual(['BAD_USER_INPUT']);
    }
  });

  it('fetches several in the order asked, null for each that may not be seen', async () => {
    const { ids, viewers } = await arrange();
    const { User, Session, Role, SuspendedUser } = ids;
    const missing = globalId('User', randomUUID());
    const asked = [Role, Session, missing, User, SuspendedUser, User];
    const nodesFor = async (viewer: Person | null) => {
      const sender = { accessToken: viewer?.accessToken };
      const { nodes } = await ask(testApp, Nodes, { ids: asked }, sender);
      return nodes.map((node) => node?.id ?? null);
    };
    expect(await nodesFor(viewers.self)).toEqual([Role, Session, null, User, null, User]);
    expect(await nodesFor(viewers.other)).toEqual([Role, null, null, User, null, User]);
    expect(await nodesFor(viewers.admin)).toEqual([Role, Session, null, User, SuspendedUser, User]);
    expect(await nodesFor(viewers.stranger)).toEqual(asked.map(() => null));
  });
});
