import { describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { signIn, signUp } from '../support/people.ts';
import { ask } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const SignIn = graphql(`
  mutation CurrentSessionSignIn($input: SignInInput!) {
    signIn(input: $input) {
      ... on AuthPayload { session { id } tokens { accessToken } }
    }
  }
`);

const CurrentSession = graphql(`
  query CurrentSession {
    currentSession {
      id isCurrent createdAt lastUsedAt expiresAt idleExpiresAt ipAddress userAgent deviceLabel
      amr authenticatedAt revokedAt revokeReason
      user { id email roles { key } }
    }
  }
`);

const OtherSession = graphql(`
  query CurrentSessionOther($id: ID!) {
    node(id: $id) { ... on Session { isCurrent } }
  }
`);

describe('currentSession', () => {
  const testApp = useTestApp();

  it('is none for a stranger', async () => {
    expect(await ask(testApp, CurrentSession, {})).toEqual({ currentSession: null });
  });

  it('shows the session of the request', async () => {
    const { id: userId, email, password } = await signUp(testApp);
    const { signIn } = await ask(
      testApp,
      SignIn,
      { input: { email, password, deviceLabel: 'Ada’s phone' } },
      { ipAddress: '2001:db8::7', userAgent: 'u'.repeat(300) },
    );
    if (!signIn || !('session' in signIn)) throw new Error('The sign-in was refused.');
    const accessToken = signIn.tokens.accessToken ?? '';
    const { currentSession } = await ask(testApp, CurrentSession, {}, { accessToken });
    expect(currentSession).toEqual({
      id: signIn.session.id,
      isCurrent: true,
      createdAt: expect.any(String),
      lastUsedAt: currentSession?.createdAt,
      authenticatedAt: expect.any(String),
      expiresAt: expect.any(String),
      idleExpiresAt: expect.any(String),
      ipAddress: '2001:db8::7',
      userAgent: 'u'.repeat(256),
      deviceLabel: 'Ada’s phone',
      amr: ['PASSWORD'],
      revokedAt: null,
      revokeReason: null,
      user: { id: userId, email, roles: [{ key: 'user' }] },
    });
  });

  it('ends as late as the settings say', async () => {
    const { accessToken } = await signUp(testApp);
    const { currentSession } = await ask(testApp, CurrentSession, {}, { accessToken });
    const seconds = (from = '', to = '') => (Date.parse(to) - Date.parse(from)) / 1000;
    const { createdAt, expiresAt, idleExpiresAt } = currentSession ?? {};
    const { absoluteSeconds, idleSeconds } = testApp.config.sessions;
    expect(seconds(createdAt, expiresAt)).toBeCloseTo(absoluteSeconds, 0);
    expect(seconds(createdAt, idleExpiresAt ?? '')).toBeCloseTo(idleSeconds, 0);
  });

  it('tells the session of the request from another of the same user', async () => {
    const ada = await signUp(testApp);
    const phone = await signIn(testApp, ada);
    const id = Buffer.from(`Session:${phone.sessionId}`).toString('base64');
    const isCurrent = async (accessToken: string) =>
      (await ask(testApp, OtherSession, { id }, { accessToken })).node;
    expect(await isCurrent(phone.accessToken)).toEqual({ isCurrent: true });
    expect(await isCurrent(ada.accessToken)).toEqual({ isCurrent: false });
  });
});
