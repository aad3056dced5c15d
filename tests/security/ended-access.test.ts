import { beforeEach, describe, expect, it } from 'vitest';
import { announceAccess } from '../support/access-notices.ts';
import { demote, type Person, signUp, signUpAdmin, suspend } from '../support/people.ts';
import { bodyOf, postGraphql, type RawAnswer } from '../support/raw-request.ts';
import { useTestApp } from '../support/test-app.ts';

const testApp = useTestApp();

let ada: Person;
beforeEach(async () => {
  ada = await signUp(testApp);
});

const as = (accessToken: string, query: string): Promise<RawAnswer> =>
  postGraphql(testApp, { query }, { authorization: `Bearer ${accessToken}` });

const statusOf = async (accessToken: string) => (await as(accessToken, '{ me { id } }')).status;

const signIn = async ({ email, password }: Person) => {
  const origin = { requestId: 'tests', actorId: null, ipAddress: null, userAgent: null };
  const { authentication } = testApp.app.services;
  return (await authentication.signIn(origin, { email, password })).tokens;
};

const refresh = async (refreshToken: string) =>
  bodyOf(
    await postGraphql(testApp, {
      query:
        'mutation ($token: String!) { refreshSession(input: { refreshToken: $token }) { __typename ... on InvalidTokenError { reason } ... on AuthPayload { tokens { accessToken } } } }',
      variables: { token: refreshToken },
    }),
  ).data?.refreshSession;

const revoked = { __typename: 'InvalidTokenError', reason: 'REVOKED' };

describe('an access token', () => {
  it('stops at once when its session signs out', async () => {
    const other = await signIn(ada);
    expect(await statusOf(ada.accessToken)).toBe(200);
    await as(ada.accessToken, 'mutation { signOut { __typename } }');
    expect(await statusOf(ada.accessToken)).toBe(401);
    expect(await refresh(ada.refreshToken)).toEqual(revoked);
    expect(await statusOf(other.accessToken)).toBe(200);
  });

  it('stops at once when its user signs out everywhere', async () => {
    const other = await signIn(ada);
    await as(other.accessToken, 'mutation { signOut(everywhere: true) { __typename } }');
    expect(await statusOf(ada.accessToken)).toBe(401);
    expect(await statusOf(other.accessToken)).toBe(401);
    expect(await refresh(other.refreshToken)).toEqual(revoked);
  });

  it('stops at once when its user is suspended, and refreshing does not help', async () => {
    await suspend(testApp, ada);
    expect(await statusOf(ada.accessToken)).toBe(401);
    expect(await refresh(ada.refreshToken)).toEqual(revoked);
  });

  it('stops at once when its user is deleted', async () => {
    await testApp.database.prisma.user.delete({ where: { id: ada.userId } });
    await announceAccess(testApp, { userId: ada.userId });
    expect(await statusOf(ada.accessToken)).toBe(401);
  });

  it.each(['expires_at', 'idle_expires_at'])(
    'stops when its session ends by %s',
    async (column) => {
      await testApp.database.prisma.$executeRawUnsafe(
        `UPDATE session SET ${column} = statement_timestamp()`,
      );
      await announceAccess(testApp, { sessionId: ada.sessionId });
      expect(await statusOf(ada.accessToken)).toBe(401);
      expect(await refresh(ada.refreshToken)).toEqual({ ...revoked, reason: 'EXPIRED' });
    },
  );

  it('stops at once when a copy of its refresh token shows up', async () => {
    const { prisma } = testApp.database;
    await refresh(ada.refreshToken);
    await prisma.session.updateMany({ data: { rotatedAt: new Date(0) } });
    expect(await refresh(ada.refreshToken)).toEqual(revoked);
    expect(await statusOf(ada.accessToken)).toBe(401);
  });

  it('stops at its own end, to the second', async () => {
    const { tokens } = testApp.config;
    testApp.clock.advance(tokens.accessTokenSeconds - 2);
    expect(await statusOf(ada.accessToken)).toBe(200);
    testApp.clock.advance(2);
    expect(await statusOf(ada.accessToken)).toBe(401);
    testApp.clock.advance(-tokens.accessTokenSeconds);
  });
});

describe('a permission', () => {
  it('ends at once with the role: FORBIDDEN', async () => {
    const admin = await signUpAdmin(testApp);
    const query = '{ users(first: 1) { totalCount } }';
    expect(bodyOf(await as(admin.accessToken, query))).toEqual({
      data: { users: { totalCount: 2 } },
    });
    await demote(testApp, admin);
    expect(bodyOf(await as(admin.accessToken, query))).toMatchObject({
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
  });
});
