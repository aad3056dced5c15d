import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { globalId, type Person, signIn, signUp, signUpAdmin } from '../support/people.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { dumpTables } from '../support/table-dump.ts';
import { useTestApp } from '../support/test-app.ts';

const OwnSessions = graphql(`
  query OwnSessions($first: Int, $after: String, $last: Int, $before: String) {
    me {
      sessions(first: $first, after: $after, last: $last, before: $before) {
        totalCount
        nodes { id isCurrent deviceLabel userAgent ipAddress user { email } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
  }
`);

const RevokeSession = graphql(`
  mutation RevokeSession($id: ID!) {
    revokeSession(id: $id) {
      __typename
      ... on RevokedSessions { revoked }
      ... on NotFoundError { code id }
    }
  }
`);

const RevokeOthers = graphql(`
  mutation RevokeOtherSessions { revokeOtherSessions { ... on RevokedSessions { revoked } } }
`);

const Me = graphql(`
  query OwnSessionsMe { me { id } }
`);

const testApp = useTestApp();
const isSignedIn = async ({ accessToken }: Person) =>
  (await send(testApp, Me, {}, { accessToken })).status === 200;
const idOf = ({ sessionId }: Person) => globalId('Session', sessionId);
const sessionsOf = async ({ accessToken }: Person, page = {}) => {
  const { me } = await ask(testApp, OwnSessions, page, { accessToken });
  if (!me) throw new Error('Nobody is signed in.');
  return me.sessions;
};
const revoke = async ({ accessToken }: Person, id: string) =>
  (await ask(testApp, RevokeSession, { id }, { accessToken })).revokeSession;
const endings = () =>
  testApp.database.prisma.auditEvent.findMany({ where: { action: 'session.ended' } });

describe('sessions', () => {
  it('are the running ones of the user, newest first', async () => {
    const ada = await signUp(testApp);
    const phone = await signIn(testApp, ada, { userAgent: 'a phone', ipAddress: '192.0.2.7' });
    await signUp(testApp, 'Grace Hopper');
    const [ended, expired, idle] = [
      await signIn(testApp, ada),
      await signIn(testApp, ada),
      await signIn(testApp, ada),
    ];
    const past = new Date(Date.now() - 1000);
    const { session } = testApp.database.prisma;
    await session.update({ where: { id: ended.sessionId }, data: { revokedAt: past } });
    await session.update({ where: { id: expired.sessionId }, data: { expiresAt: past } });
    await session.update({ where: { id: idle.sessionId }, data: { idleExpiresAt: past } });
    expect(await sessionsOf(phone)).toMatchObject({
      totalCount: 2,
      nodes: [
        { id: idOf(phone), isCurrent: true, userAgent: 'a phone', ipAddress: '192.0.2.7' },
        { id: idOf(ada), isCurrent: false, user: { email: ada.email } },
      ],
      pageInfo: { hasNextPage: false, hasPreviousPage: false },
    });
  });

  it('are paged through in both directions, also those of one moment', async () => {
    const ada = await signUp(testApp);
    for (let count = 0; count < 4; count++) await signIn(testApp, ada);
    await testApp.database.prisma.$executeRaw`
      UPDATE session SET created_at = date_trunc('day', created_at) WHERE id <> ${ada.sessionId}::uuid`;
    const all = (await sessionsOf(ada)).nodes.map(({ id }) => id);
    expect(all).toHaveLength(5);
    const forwards: string[] = [];
    for (let after: string | null = null; ; ) {
      const { nodes, pageInfo } = await sessionsOf(ada, { first: 2, after });
      forwards.push(...nodes.map(({ id }) => id));
      after = pageInfo.endCursor ?? null;
      if (!pageInfo.hasNextPage) break;
    }
    expect(forwards).toEqual(all);
    const backwards: string[] = [];
    for (let before: string | null = null; ; ) {
      const { nodes, pageInfo } = await sessionsOf(ada, { last: 2, before });
      backwards.unshift(...nodes.map(({ id }) => id));
      before = pageInfo.startCursor ?? null;
      if (!pageInfo.hasPreviousPage) break;
    }
    expect(backwards).toEqual(all);
  });

  it.each([
    ['none', { first: 0 }],
    ['more than a page', { last: 101 }],
    ['both ends', { first: 1, last: 1 }],
    ['a cursor that was made up', { after: 'x' }],
  ])('are refused for %s: BAD_USER_INPUT', async (_title, page) => {
    const { accessToken } = await signUp(testApp);
    expect(codesOf(await send(testApp, OwnSessions, page, { accessToken }))).toEqual([
      'BAD_USER_INPUT',
    ]);
  });
});

describe('revokeSession', () => {
  it('ends one session of the caller at once, and no other', async () => {
    const ada = await signUp(testApp);
    const [phone, tablet] = [await signIn(testApp, ada), await signIn(testApp, ada)];
    expect(await isSignedIn(phone)).toBe(true);
    expect(await revoke(ada, idOf(phone))).toEqual({ __typename: 'RevokedSessions', revoked: 1 });
    const standing = [await isSignedIn(ada), await isSignedIn(phone), await isSignedIn(tablet)];
    expect(standing).toEqual([true, false, true]);
    expect(await endings()).toMatchObject([
      {
        actorId: ada.userId,
        targetId: phone.sessionId,
        metadata: { reason: 'REVOKED_BY_USER' },
      },
    ]);
  });

  it('ends also the session of the request', async () => {
    const ada = await signUp(testApp);
    expect(await revoke(ada, idOf(ada))).toMatchObject({ revoked: 1 });
    expect(await isSignedIn(ada)).toBe(false);
  });

  it('does nothing to a session that has ended', async () => {
    const ada = await signUp(testApp);
    const phone = await signIn(testApp, ada);
    await revoke(ada, idOf(phone));
    const before = await dumpTables(testApp.database);
    expect(await revoke(ada, idOf(phone))).toEqual({ __typename: 'RevokedSessions', revoked: 0 });
    expect(await dumpTables(testApp.database)).toEqual(before);
  });

  it('knows of nobody else’s sessions, whoever asks: NOT_FOUND', async () => {
    const ada = await signUp(testApp);
    const unknown = globalId('Session', randomUUID());
    for (const other of [await signUp(testApp, 'Grace Hopper'), await signUpAdmin(testApp)]) {
      const before = await dumpTables(testApp.database);
      for (const id of [idOf(ada), unknown]) {
        expect(await revoke(other, id)).toEqual({
          __typename: 'NotFoundError',
          code: 'NOT_FOUND',
          id,
        });
      }
      expect(await dumpTables(testApp.database)).toEqual(before);
    }
    expect(await isSignedIn(ada)).toBe(true);
  });

  it('is refused to a stranger: UNAUTHENTICATED', async () => {
    const ada = await signUp(testApp);
    const answer = await send(testApp, RevokeSession, { id: idOf(ada) });
    expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
    expect(await isSignedIn(ada)).toBe(true);
  });
});

describe('revokeOtherSessions', () => {
  it('ends all sessions of the caller but the one of the request', async () => {
    const ada = await signUp(testApp);
    const others = [await signIn(testApp, ada), await signIn(testApp, ada)];
    const grace = await signUp(testApp, 'Grace Hopper');
    const all = [ada, ...others, grace];
    expect(await Promise.all(all.map(isSignedIn))).toEqual([true, true, true, true]);
    const { accessToken } = ada;
    const answer = await ask(testApp, RevokeOthers, {}, { accessToken });
    expect(answer).toEqual({ revokeOtherSessions: { revoked: 2 } });
    expect(await Promise.all(all.map(isSignedIn))).toEqual([true, false, false, true]);
    expect((await endings()).map(({ targetId }) => targetId).sort()).toEqual(
      others.map(({ sessionId }) => sessionId).sort(),
    );
    expect((await endings()).map(({ metadata }) => metadata)).toEqual(
      Array(2).fill({ reason: 'REVOKED_BY_USER' }),
    );
    expect(await ask(testApp, RevokeOthers, {}, { accessToken })).toEqual({
      revokeOtherSessions: { revoked: 0 },
    });
  });

  it('is refused to a stranger: UNAUTHENTICATED', async () => {
    expect(codesOf(await send(testApp, RevokeOthers, {}))).toEqual(['UNAUTHENTICATED']);
  });
});
