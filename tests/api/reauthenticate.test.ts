import { describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { anyAddress, type Person, signUp } from '../support/people.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const Reauthenticate = graphql(`
  mutation Reauthenticate($input: ReauthenticateInput!) {
    reauthenticate(input: $input) {
      __typename
      ... on AuthPayload { session { id amr authenticatedAt } tokens { accessToken refreshToken } }
      ... on InvalidCredentialsError { code }
      ... on ValidationError { issues { path } }
      ... on RateLimitedError { scope }
    }
  }
`);

const CurrentSession = graphql(`
  query ReauthenticatedSession { currentSession { id authenticatedAt } }
`);

describe('reauthenticate', () => {
  const testApp = useTestApp();
  const reauthenticate = async (
    { accessToken }: Person,
    password: string | null,
    ipAddress = anyAddress(),
    method: 'PASSWORD' | 'EMAIL_CODE' = 'PASSWORD',
  ) =>
    (
      await ask(
        testApp,
        Reauthenticate,
        { input: { method, password } },
        { accessToken, ipAddress },
      )
    ).reauthenticate;
  const provenAt = async ({ accessToken }: Person) =>
    (await ask(testApp, CurrentSession, {}, { accessToken })).currentSession?.authenticatedAt;

  it('notes the proof in the session, which goes on', async () => {
    const ada = await signUp(testApp);
    const before = await provenAt(ada);
    const answer = await reauthenticate(ada, ada.password);
    if (answer?.__typename !== 'AuthPayload') throw new Error('The proof was refused.');
    expect(answer.session.amr).toEqual(['EMAIL_CODE', 'PASSWORD']);
    expect(Date.parse(answer.session.authenticatedAt)).toBeGreaterThan(Date.parse(before ?? ''));
    // No other refresh token: the one that the client has stays the newest.
    expect(answer.tokens.refreshToken).toBe(ada.refreshToken);
    const renewed = { ...ada, accessToken: answer.tokens.accessToken ?? '' };
    expect(await provenAt(renewed)).toBe(answer.session.authenticatedAt);
    const where = { action: 'session.reauthenticated', targetId: ada.sessionId };
    expect(await testApp.database.prisma.auditEvent.count({ where })).toBe(1);
  });

  it('refuses a wrong password and changes nothing: INVALID_CREDENTIALS', async () => {
    const ada = await signUp(testApp);
    const before = await provenAt(ada);
    expect(await reauthenticate(ada, 'wrong')).toEqual({
      __typename: 'InvalidCredentialsError',
      code: 'INVALID_CREDENTIALS',
    });
    expect(await provenAt(ada)).toBe(before);
    const where = { action: 'password.proof-refused', targetId: ada.userId, actorId: ada.userId };
    expect(await testApp.database.prisma.auditEvent.count({ where })).toBe(1);
  });

  it('refuses another way than a password, and none at all: VALIDATION_FAILED', async () => {
    const ada = await signUp(testApp);
    const issues = (field: string) => [{ path: ['input', field] }];
    expect(await reauthenticate(ada, ada.password, anyAddress(), 'EMAIL_CODE')).toEqual({
      __typename: 'ValidationError',
      issues: issues('method'),
    });
    expect(await reauthenticate(ada, null)).toEqual({
      __typename: 'ValidationError',
      issues: issues('password'),
    });
  });

  it('counts its tries with those of signIn: RATE_LIMITED', async () => {
    const ada = await signUp(testApp);
    const ipAddress = anyAddress();
    for (let count = 0; count < 10; count++) await reauthenticate(ada, 'wrong', ipAddress);
    expect(await reauthenticate(ada, ada.password, ipAddress)).toMatchObject({
      __typename: 'RateLimitedError',
    });
  });

  it('refuses a stranger: UNAUTHENTICATED', async () => {
    const input = { method: 'PASSWORD' as const, password: 'x' };
    expect(codesOf(await send(testApp, Reauthenticate, { input }))).toEqual(['UNAUTHENTICATED']);
  });
});
