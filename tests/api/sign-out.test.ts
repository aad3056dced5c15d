import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { type Person, signIn, signUp } from '../support/people.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { dumpTables } from '../support/table-dump.ts';
import { useTestApp } from '../support/test-app.ts';

const SignOut = graphql(`
  mutation SignOut($everywhere: Boolean! = false) {
    signOut(everywhere: $everywhere) {
      __typename
      ... on RevokedSessions { revoked }
    }
  }
`);

const SignOutTwice = graphql(`
  mutation SignOutTwice {
    first: signOut { ... on RevokedSessions { revoked } }
    second: signOut { ... on RevokedSessions { revoked } }
  }
`);

const RefreshSession = graphql(`
  mutation SignOutRefresh($input: RefreshInput!) {
    refreshSession(input: $input) { __typename ... on InvalidTokenError { reason } }
  }
`);

const Me = graphql(`
  query SignOutMe { me { id } }
`);

describe('signOut', () => {
  const testApp = useTestApp();
  const isSignedIn = async ({ accessToken }: Person) =>
    (await send(testApp, Me, {}, { accessToken })).status === 200;
  const signOut = async ({ accessToken }: Person, everywhere = false) =>
    (await ask(testApp, SignOut, { everywhere }, { accessToken })).signOut;

  it('ends the session of the request at once, and no other', async () => {
    const ada = await signUp(testApp);
    const phone = await signIn(testApp, ada);
    const grace = await signUp(testApp, 'Grace Hopper');
    expect(await signOut(ada)).toEqual({ __typename: 'RevokedSessions', revoked: 1 });
    expect(await isSignedIn(ada)).toBe(false);
    expect(await isSignedIn(phone)).toBe(true);
    expect(await isSignedIn(grace)).toBe(true);
    const input = { refreshToken: ada.refreshToken };
    expect(await ask(testApp, RefreshSession, { input })).toEqual({
      refreshSession: { __typename: 'InvalidTokenError', reason: 'REVOKED' },
    });
  });

  it('ends all sessions of the caller, and nobody else’s', async () => {
    const ada = await signUp(testApp);
    const phone = await signIn(testApp, ada);
    const grace = await signUp(testApp, 'Grace Hopper');
    expect(await signOut(phone, true)).toEqual({ __typename: 'RevokedSessions', revoked: 2 });
    expect(await isSignedIn(ada)).toBe(false);
    expect(await isSignedIn(phone)).toBe(false);
    expect(await isSignedIn(grace)).toBe(true);
  });

  it('is one change however often somebody signed in: of more than 100, the oldest have ended', async () => {
    const ada = await signUp(testApp);
    const { prisma } = testApp.database;
    const row = await prisma.session.findUniqueOrThrow({ where: { id: ada.sessionId } });
    const createdAt = new Date(row.createdAt.getTime() - 60_000);
    await prisma.session.createMany({
      data: Array.from({ length: 105 }, () => ({ ...row, id: randomUUID(), createdAt })),
    });
    const phone = await signIn(testApp, ada);
    expect(await isSignedIn(ada)).toBe(true);
    expect(await prisma.session.count({ where: { revokeReason: 'EXPIRED' } })).toBe(7);
    expect(await signOut(phone, true)).toEqual({ __typename: 'RevokedSessions', revoked: 100 });
  });

  it('counts and records only the sessions that still ran', async () => {
    const ada = await signUp(testApp);
    const { prisma } = testApp.database;
    const lost = await signIn(testApp, ada);
    await prisma.session.update({
      where: { id: lost.sessionId },
      data: { expiresAt: new Date(Date.now() - 1000) },
    });
    const left = await signIn(testApp, ada);
    await signOut(left);
    expect(await signOut(ada, true)).toMatchObject({ revoked: 1 });
    const stored = await prisma.session.findUniqueOrThrow({ where: { id: lost.sessionId } });
    expect(stored.revokedAt).toBeNull();
  });

  it('leaves an audit entry and an event for each session', async () => {
    const ada = await signUp(testApp);
    const { prisma } = testApp.database;
    const sender = { accessToken: ada.accessToken, ipAddress: '192.0.2.7', userAgent: 'a phone' };
    const { headers } = await send(testApp, SignOut, { everywhere: false }, sender);
    expect(
      await prisma.auditEvent.findMany({
        where: { action: 'session.ended' },
        include: { origin: true },
      }),
    ).toMatchObject([
      {
        actorId: ada.userId,
        targetId: ada.sessionId,
        requestId: headers.get('x-request-id'),
        metadata: { reason: 'SIGNED_OUT' },
        origin: { ipAddress: '192.0.2.7', userAgent: 'a phone' },
      },
    ]);
    expect(await prisma.loggedEvent.findMany({ where: { topic: 'SESSION' } })).toMatchObject([
      {
        type: 'SessionRevoked',
        userId: ada.userId,
        data: { sessionId: ada.sessionId, reason: 'SIGNED_OUT' },
      },
    ]);
    expect(await prisma.loggedEvent.count({ where: { topic: 'SECURITY' } })).toBe(0);
  });

  it('does nothing the second time', async () => {
    const { accessToken } = await signUp(testApp);
    const answer = await ask(testApp, SignOutTwice, {}, { accessToken });
    expect(answer).toEqual({ first: { revoked: 1 }, second: { revoked: 0 } });
  });

  it('is refused to a stranger: UNAUTHENTICATED', async () => {
    const before = await dumpTables(testApp.database);
    const answer = await send(testApp, SignOut, { everywhere: true });
    expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
    expect(answer.body.data).toEqual({ signOut: null });
    expect(await dumpTables(testApp.database)).toEqual(before);
  });

  it('is refused to whoever has signed out already: UNAUTHENTICATED', async () => {
    const ada = await signUp(testApp);
    await signOut(ada);
    const { accessToken } = ada;
    const answer = await send(testApp, SignOut, { everywhere: false }, { accessToken });
    expect(answer.status).toBe(401);
    expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
  });
});
