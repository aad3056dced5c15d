import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { issueRefreshToken } from '../../src/modules/session/refresh-token.ts';
import { createRefreshSession } from '../../src/modules/session/session.refresh.ts';
import { createKeyring } from '../../src/platform/keyring.ts';
import { serverOrigin } from '../../src/platform/origin.ts';
import { createCommit } from '../../src/platform/unit-of-work.ts';
import { graphql } from '../generated/index.ts';
import { anyAddress, type Person, signIn, signUp, suspend } from '../support/people.ts';
import { ask, codesOf, type Sender, send } from '../support/request.ts';
import { dumpTables } from '../support/table-dump.ts';
import { secretKey, useTestApp } from '../support/test-app.ts';

const RefreshSession = graphql(`
  mutation RefreshSession($input: RefreshInput!) {
    refreshSession(input: $input) {
      __typename
      ... on AuthPayload {
        user { id }
        session { id lastUsedAt idleExpiresAt expiresAt }
        tokens { accessToken refreshToken accessTokenExpiresAt refreshTokenExpiresAt }
      }
      ... on Error { code message }
      ... on InvalidTokenError { reason }
      ... on RateLimitedError { scope }
    }
  }
`);

const Me = graphql(`
  query RefreshSessionMe { me { id } }
`);

const MeAndRefresh = graphql(`
  mutation RefreshSessionAndProfile($input: RefreshInput!) {
    refreshSession(input: $input) { __typename }
    updateProfile(input: { displayName: "Mallory" }) { __typename }
  }
`);

describe('refreshSession', () => {
  const testApp = useTestApp();
  const refresh = async (refreshToken: string, sender?: Sender) =>
    (await ask(testApp, RefreshSession, { input: { refreshToken } }, sender)).refreshSession;
  /** Refreshes, which must succeed; answers the tokens. */
  const renew = async (refreshToken: string) => {
    const answer = await refresh(refreshToken);
    if (answer?.__typename !== 'AuthPayload') throw new Error('The refresh was refused.');
    const { tokens } = answer;
    return { ...answer, accessToken: tokens.accessToken, refreshToken: tokens.refreshToken ?? '' };
  };
  const refusal = (reason: string) =>
    expect.objectContaining({ __typename: 'InvalidTokenError', code: 'INVALID_TOKEN', reason });
  const leaveWindow = async () => {
    await testApp.database.prisma.$executeRaw`
      UPDATE session SET rotated_at = rotated_at - interval '10 seconds'`;
  };
  const stored = ({ sessionId }: Person) =>
    testApp.database.prisma.session.findUniqueOrThrow({ where: { id: sessionId } });
  const records = async () => ({
    events: await testApp.database.prisma.loggedEvent.findMany({
      where: { topic: { notIn: ['USER', 'AUDIT'] } },
      orderBy: { sequence: 'asc' },
    }),
    audits: await testApp.database.prisma.auditEvent.findMany({
      where: { action: 'session.ended' },
      include: { origin: true },
    }),
  });

  it('gives the session new tokens and a new idle limit', async () => {
    const ada = await signUp(testApp);
    const before = await stored(ada);
    const { user, session, tokens } = await renew(ada.refreshToken);
    expect(user.id).toBe(ada.id);
    expect(tokens.refreshToken).not.toBe(ada.refreshToken);
    const after = await stored(ada);
    expect(after).toMatchObject({ id: ada.sessionId, counter: 1, expiresAt: before.expiresAt });
    expect(after.idleExpiresAt.getTime()).toBeGreaterThan(before.idleExpiresAt.getTime());
    expect(after.lastUsedAt).toEqual(after.rotatedAt);
    expect(tokens.refreshTokenExpiresAt).toBe(session.idleExpiresAt);
    const accessToken = tokens.accessToken ?? '';
    expect(await ask(testApp, Me, {}, { accessToken })).toEqual({ me: { id: ada.id } });
  });

  it('tells as the end of the refresh token the end of the session, where that comes first', async () => {
    const ada = await signUp(testApp);
    await testApp.database.prisma.$executeRaw`
      UPDATE session SET expires_at = statement_timestamp() + interval '1 hour'`;
    const { session, tokens } = await renew(ada.refreshToken);
    expect(tokens.refreshTokenExpiresAt).toBe(session.expiresAt);
  });

  it('answers twenty refreshes at once with one and the same successor', async () => {
    const ada = await signUp(testApp);
    const answers = await Promise.all(Array.from({ length: 20 }, () => renew(ada.refreshToken)));
    expect(new Set(answers.map(({ refreshToken }) => refreshToken)).size).toBe(1);
    expect(new Set(answers.map(({ accessToken }) => accessToken)).size).toBe(20);
    expect(await stored(ada)).toMatchObject({ counter: 1, revokedAt: null });
    expect((await renew(answers[0]?.refreshToken ?? '')).user.id).toBe(ada.id);
  });

  it('rotates once in ten seconds: the current token and its parent both lead to the current one', async () => {
    const ada = await signUp(testApp);
    const child = await renew(ada.refreshToken);
    expect((await renew(ada.refreshToken)).refreshToken).toBe(child.refreshToken);
    expect((await renew(child.refreshToken)).refreshToken).toBe(child.refreshToken);
    expect(await stored(ada)).toMatchObject({ counter: 1 });
    await leaveWindow();
    expect((await renew(child.refreshToken)).refreshToken).not.toBe(child.refreshToken);
  });

  it('ends the session when a parent comes back after the window: REVOKED', async () => {
    const ada = await signUp(testApp);
    const child = await renew(ada.refreshToken);
    await leaveWindow();
    expect(await refresh(ada.refreshToken)).toEqual(refusal('REVOKED'));
    expect(await stored(ada)).toMatchObject({ counter: 1, revokeReason: 'TOKEN_REUSED' });
    expect(await refresh(child.refreshToken)).toEqual(refusal('REVOKED'));
    const accessToken = child.accessToken ?? '';
    expect(codesOf(await send(testApp, Me, {}, { accessToken }))).toEqual(['UNAUTHENTICATED']);
  });

  it('ends the session when a grandparent comes back, even at once: REVOKED', async () => {
    const ada = await signUp(testApp);
    const other = await signIn(testApp, ada);
    const child = await renew(ada.refreshToken);
    await leaveWindow();
    await renew(child.refreshToken);
    const thief = { ipAddress: '192.0.2.66', userAgent: 'a thief' };
    expect(await refresh(ada.refreshToken, thief)).toEqual(refusal('REVOKED'));
    const { sessionId, userId } = ada;
    expect(await stored(ada)).toMatchObject({ revokeReason: 'TOKEN_REUSED' });
    expect(await stored(other)).toMatchObject({ revokedAt: null });
    const { events, audits } = await records();
    expect(events).toMatchObject([
      {
        topic: 'SESSION',
        type: 'SessionRevoked',
        userId,
        data: { sessionId, reason: 'TOKEN_REUSED' },
      },
      {
        topic: 'SECURITY',
        type: 'SecurityNotice',
        userId,
        data: { kind: 'TOKEN_REUSED', sessionId },
      },
    ]);
    expect(audits).toMatchObject([
      { targetId: sessionId, metadata: { reason: 'TOKEN_REUSED' }, origin: thief },
    ]);
  });

  it('records one theft, however often the old token comes back at once', async () => {
    const ada = await signUp(testApp);
    await renew(ada.refreshToken);
    await leaveWindow();
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(ada.refreshToken)));
    expect(answers).toEqual(Array(8).fill(refusal('REVOKED')));
    const { events, audits } = await records();
    expect(events.map(({ type }) => type)).toEqual(['SessionRevoked', 'SecurityNotice']);
    expect(audits).toHaveLength(1);
  });

  it('ends the session, but cries no theft, when an older backup was restored: REVOKED', async () => {
    const ada = await signUp(testApp);
    const child = await renew(ada.refreshToken);
    await testApp.database.prisma.session.update({
      where: { id: ada.sessionId },
      data: { counter: 0, rotatedAt: null },
    });
    expect(await refresh(child.refreshToken)).toEqual(refusal('REVOKED'));
    const { events, audits } = await records();
    expect(events.map(({ type }) => type)).toEqual(['SessionRevoked']);
    expect(audits).toHaveLength(1);
    expect(await stored(ada)).toMatchObject({ counter: 0, revokedAt: expect.any(Date) });
  });

  it('refuses a session that has ended, whichever of its tokens comes: REVOKED', async () => {
    const ada = await signUp(testApp);
    const child = await renew(ada.refreshToken);
    await testApp.database.prisma.session.update({
      where: { id: ada.sessionId },
      data: { revokedAt: new Date(), revokeReason: 'SIGNED_OUT' },
    });
    const before = await dumpTables(testApp.database);
    expect(await refresh(ada.refreshToken)).toEqual(refusal('REVOKED'));
    expect(await refresh(child.refreshToken)).toEqual(refusal('REVOKED'));
    expect(await dumpTables(testApp.database)).toEqual(before);
  });

  it.each(['idleExpiresAt', 'expiresAt'])(
    'refuses a session after its %s: EXPIRED',
    async (end) => {
      const ada = await signUp(testApp);
      const child = await renew(ada.refreshToken);
      await leaveWindow();
      await testApp.database.prisma.session.update({
        where: { id: ada.sessionId },
        data: { [end]: new Date(Date.now() - 1000) },
      });
      const before = await dumpTables(testApp.database);
      expect(await refresh(child.refreshToken)).toEqual(refusal('EXPIRED'));
      expect(await refresh(ada.refreshToken)).toEqual(refusal('EXPIRED'));
      expect(await dumpTables(testApp.database)).toEqual(before);
      const accessToken = child.accessToken ?? '';
      expect(codesOf(await send(testApp, Me, {}, { accessToken }))).toEqual(['UNAUTHENTICATED']);
    },
  );

  it('refuses a suspended user, and leaves the session as it was: REVOKED', async () => {
    const ada = await signUp(testApp);
    await suspend(testApp, ada);
    const before = await dumpTables(testApp.database);
    expect(await refresh(ada.refreshToken)).toEqual(refusal('REVOKED'));
    expect(await dumpTables(testApp.database)).toEqual(before);
  });

  it('refuses every other text, and touches nothing: UNKNOWN', async () => {
    const ada = await signUp(testApp);
    const token = (await renew(ada.refreshToken)).refreshToken;
    const { salt } = await stored(ada);
    const session = { id: ada.sessionId, counter: 1, salt };
    const issue = (change: Partial<typeof session>, key = secretKey) =>
      issueRefreshToken(createKeyring(key, null), { ...session, ...change });
    expect(issue({})).toBe(token);
    await leaveWindow();
    const before = await dumpTables(testApp.database);
    const hostile = {
      nothing: '',
      'its prefix alone': 'lkr_',
      'no prefix': token.slice(4),
      'another prefix': token.replace('lkr_', 'LKR_'),
      'one character less': token.slice(0, -1),
      'one character more': `${token}A`,
      padding: `${token}==`,
      'a newline': `${token}\n`,
      'a NUL': `${token}\0`,
      'a tail that is not canonical': spellTailOtherwise(token),
      'a hundred thousand characters': token.repeat(1_400),
      'a flipped bit in its id': flipBit(token, 0),
      'a lower counter under the same code': flipBit(token, 20 * 8 - 1),
      'a higher counter under the same code': flipBit(token, 16 * 8),
      'a flipped bit at its end': flipBit(token, 52 * 8 - 1),
      'a session that never was': issue({ id: randomUUID() }),
      'the salt of another session': issue({ salt: Buffer.alloc(32) }),
      'the key of another server': issue({}, 'another secret key, which is long enough too'),
      'an access token': ada.accessToken,
    };
    for (const [kind, text] of Object.entries(hostile)) {
      expect({ kind, answer: await refresh(text) }).toEqual({ kind, answer: refusal('UNKNOWN') });
    }
    expect(await dumpTables(testApp.database)).toEqual(before);
    expect((await renew(token)).user.id).toBe(ada.id);
  });

  it('works beside a bearer token that holds no more', async () => {
    const ada = await signUp(testApp);
    for (const accessToken of [`${ada.accessToken}x`, 'nonsense']) {
      expect(await refresh(ada.refreshToken, { accessToken })).toMatchObject({
        __typename: 'AuthPayload',
      });
    }
  });

  it('is refused beside such a token when more is asked for: UNAUTHENTICATED', async () => {
    const ada = await signUp(testApp);
    const input = { refreshToken: ada.refreshToken };
    const answer = await send(testApp, MeAndRefresh, { input }, { accessToken: 'nonsense' });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
    expect(await stored(ada)).toMatchObject({ counter: 0 });
  });

  it('ends the session also when its owner refreshes while the theft is noticed', async () => {
    const ada = await signUp(testApp);
    const second = await renew(ada.refreshToken);
    await leaveWindow();
    const third = await renew(second.refreshToken);
    await leaveWindow();
    const enqueue = async () => {};
    const commit = createCommit(testApp.database, { enqueue }, { onEvents() {}, onNotice() {} });
    const refreshSession = createRefreshSession(
      testApp.database,
      async (origin, work) => {
        await renew(third.refreshToken);
        return commit(origin, work);
      },
      createKeyring(secretKey, null),
      testApp.config.sessions,
    );
    await expect(refreshSession(serverOrigin('test'), ada.refreshToken)).rejects.toMatchObject({
      reason: 'REVOKED',
    });
    expect(await stored(ada)).toMatchObject({ counter: 3, revokeReason: 'TOKEN_REUSED' });
  });

  it('takes at most 300 tries a minute from one address: RATE_LIMITED', async () => {
    const ada = await signUp(testApp);
    const guesser = { ipAddress: anyAddress() };
    for (let count = 0; count < 300; count++) await refresh('a guess', guesser);
    expect(await refresh(ada.refreshToken, guesser)).toMatchObject({
      __typename: 'RateLimitedError',
      code: 'RATE_LIMITED',
      scope: 'CLIENT_IP',
    });
    expect(await stored(ada)).toMatchObject({ counter: 0 });
  });
});

function flipBit(token: string, bit: number): string {
  const bytes = Buffer.from(token.slice('lkr_'.length), 'base64url');
  const index = Math.floor(bit / 8);
  bytes.writeUInt8(bytes.readUInt8(index) ^ (0x80 >> (bit % 8)), index);
  return `lkr_${bytes.toString('base64url')}`;
}

/** Changes the bits of the last character that no byte takes up. */
function spellTailOtherwise(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return token.slice(0, -1) + alphabet[alphabet.indexOf(token.slice(-1)) + 1];
}
