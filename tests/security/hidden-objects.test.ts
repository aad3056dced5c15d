import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { visibleNode } from '../../src/graphql/node-visibility.ts';
import { contextOf } from '../support/access-world.ts';
import { type Person, signUp, signUpAdmin, signUpWith, suspend } from '../support/people.ts';
import { bodyOf, postGraphql } from '../support/raw-request.ts';
import { readSpecimen } from '../support/specimens.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let testApp: TestApp;
let ada: Person;
let suspended: Person;
let leaving: Person;
let gone: Person;
let admin: Person;
beforeAll(async () => {
  const running = await startTestApp();
  testApp = running;
  ada = await signUp(running);
  suspended = await signUp(running, 'Mallory');
  admin = await signUpAdmin(running);
  await suspend(running, suspended);
  leaving = await signUp(running, 'Leaving');
  gone = await signUp(running, 'Gone');
  const { user } = running.database.prisma;
  await user.update({ where: { id: leaving.userId }, data: { status: 'DELETION_SCHEDULED' } });
  await user.update({ where: { id: gone.userId }, data: { deletedAt: new Date() } });
  return running.stop;
});

const globalId = (typename: string, id: string) =>
  Buffer.from(`${typename}:${id}`).toString('base64');

const fetchById = async (id: string, person?: Person) => {
  const query =
    'query ($id: ID!, $ids: [ID!]!) { node(id: $id) { id } nodes(ids: $ids) { id } user(id: $id) { id } }';
  const headers: Record<string, string> = person
    ? { authorization: `Bearer ${person.accessToken}` }
    : {};
  return bodyOf(await postGraphql(testApp, { query, variables: { id, ids: [id] } }, headers));
};

const nothing = { data: { node: null, nodes: [null], user: null } };

describe('a user who is suspended or gone', () => {
  it('cannot be told from one who never was', async () => {
    const missing = await fetchById(globalId('User', randomUUID()), ada);
    expect(missing).toEqual(nothing);
    for (const { id } of [suspended, gone]) expect(await fetchById(id, ada)).toEqual(missing);
  });

  it('is seen by whoever may read users', async () => {
    const { id } = suspended;
    expect(await fetchById(id, admin)).toEqual({
      data: { node: { id }, nodes: [{ id }], user: { id } },
    });
  });

  it('is seen like others until then when they are to be deleted', async () => {
    const { id } = leaving;
    for (const viewer of [ada, leaving]) {
      expect(await fetchById(id, viewer)).toMatchObject({ data: { node: { id } } });
    }
  });

  it('is seen by nobody once they are anonymised', async () => {
    expect(await fetchById(gone.id, admin)).toEqual(nothing);
  });
});

describe('the session of another user', () => {
  const fetchSession = async (id: string, person: Person) => {
    const query = 'query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }';
    const headers = { authorization: `Bearer ${person.accessToken}` };
    return bodyOf(await postGraphql(testApp, { query, variables: { id } }, headers));
  };

  it('cannot be told from one that never was, without sessions:read', async () => {
    const reader = await signUpWith(testApp, ['users:read', 'sessions:revoke']);
    const missing = { data: { node: null, nodes: [null] } };
    for (const person of [ada, reader]) {
      expect(await fetchSession(globalId('Session', randomUUID()), person)).toEqual(missing);
      expect(await fetchSession(globalId('Session', admin.sessionId), person)).toEqual(missing);
    }
  });

  it('is seen by whoever may read sessions', async () => {
    const id = globalId('Session', ada.sessionId);
    const answer = { data: { node: { id }, nodes: [{ id }] } };
    expect(await fetchSession(id, await signUpWith(testApp, ['sessions:read']))).toEqual(answer);
  });
});

describe('a user whom a field hands out without asking', () => {
  it.each([
    ['a suspended one', () => suspended, 'FORBIDDEN'],
    ['one that is leaving', () => leaving, 'value'],
    ['one that is gone', () => gone, 'FORBIDDEN'],
    ['an active one', () => admin, 'value'],
  ])('is shown only as far as they may be seen: %s', async (_description, whom, outcome) => {
    const row = await testApp.database.prisma.user.findUniqueOrThrow({
      where: { id: whom().userId },
    });
    const context = await contextOf(testApp, ada.accessToken);
    const { data, errors } = await readSpecimen('User', row, 'displayName', context);
    expect(errors?.[0]?.extensions?.code ?? 'value').toBe(outcome);
    expect(JSON.stringify(data ?? null).includes(row.displayName)).toBe(outcome === 'value');
  });
});

describe('a type without a rule', () => {
  it('shows nothing, to anybody', async () => {
    const { prisma } = testApp.database;
    const { viewer } = await contextOf(testApp, admin.accessToken);
    const row = await prisma.user.findUniqueOrThrow({ where: { id: ada.userId } });
    expect(viewer?.permissions.size).toBeGreaterThan(0);
    expect(await visibleNode('User', row, viewer)).toBe(row);
    const others = ['PasswordCredential', 'SigningKey', 'Query', 'user', '', '__proto__'];
    for (const typename of [...others, 'constructor', 'toString']) {
      expect(await visibleNode(typename, row, viewer), typename).toBeNull();
    }
  });

  it('lets no id of its objects through: BAD_USER_INPUT', async () => {
    for (const typename of ['PasswordCredential', 'SignUp', 'AuditEvent', 'Query', '__proto__']) {
      const { data, errors = [] } = await fetchById(globalId(typename, ada.userId), admin);
      expect(data?.node ?? null, typename).toBeNull();
      expect(new Set(errors.map(({ extensions }) => extensions?.code))).toEqual(
        new Set(['BAD_USER_INPUT']),
      );
    }
  });
});

describe('an id that was never given out', () => {
  it.each([
    ['nothing', ''],
    ['a bare uuid', randomUUID()],
    ['no uuid', globalId('User', '1')],
    ['SQL', globalId('User', "' OR 1=1 --")],
    ['a uuid in upper case', globalId('User', randomUUID().toUpperCase())],
    ['a uuid with more behind it', globalId('User', `${randomUUID()}:1`)],
    ['no type', globalId('', randomUUID())],
    ['no base64', '%%%'],
    ['a very long text', 'x'.repeat(100_000)],
  ])('is refused when it is %s: BAD_USER_INPUT', async (_description, id) => {
    const query = 'query ($id: ID!) { node(id: $id) { id } }';
    const headers = { authorization: `Bearer ${ada.accessToken}` };
    const answer = await postGraphql(testApp, { query, variables: { id } }, headers);
    const { errors = [] } = bodyOf(answer);
    expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT']);
  });

  it('is not taken for another type: a session is no user', async () => {
    const query = 'query ($id: ID!) { user(id: $id) { id } }';
    const variables = { id: globalId('Session', ada.sessionId) };
    const headers = { authorization: `Bearer ${ada.accessToken}` };
    const { data, errors } = bodyOf(await postGraphql(testApp, { query, variables }, headers));
    expect(data?.user).toBeNull();
    expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT']);
  });
});
