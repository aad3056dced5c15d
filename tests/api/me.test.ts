import { describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { demote, signIn, signUp, signUpAdmin, suspend } from '../support/people.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const Me = graphql(`
  query Me {
    me {
      id displayName username version email emailVerifiedAt locale timezone status
      roles { key description permissions builtIn }
      permissions createdAt updatedAt
    }
  }
`);

describe('me', () => {
  const testApp = useTestApp();

  it('is nobody for a stranger', async () => {
    expect(await ask(testApp, Me, {})).toEqual({ me: null });
  });

  it('shows callers all of their own account', async () => {
    const ada = await signUp(testApp);
    const { me } = await ask(testApp, Me, {}, { accessToken: ada.accessToken });
    expect(me).toEqual({
      id: ada.id,
      displayName: 'Ada Lovelace',
      username: null,
      version: 1,
      email: ada.email,
      emailVerifiedAt: expect.any(String),
      locale: null,
      timezone: null,
      status: 'ACTIVE',
      roles: [{ key: 'user', description: expect.any(String), permissions: [], builtIn: true }],
      permissions: [],
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: expect.any(String),
    });
  });

  it('lists what all roles allow together', async () => {
    const admin = await signUpAdmin(testApp);
    const { me } = await ask(testApp, Me, {}, { accessToken: admin.accessToken });
    expect(me?.roles.map(({ key }) => key)).toEqual(['user', 'admin']);
    expect(me?.permissions).toContain('users:read');
  });

  it('follows a role that is taken away at once', async () => {
    const admin = await signUpAdmin(testApp);
    await demote(testApp, admin);
    const { me } = await ask(testApp, Me, {}, { accessToken: admin.accessToken });
    expect(me?.permissions).toEqual([]);
  });

  it('is refused from the moment on in which the account is suspended: UNAUTHENTICATED', async () => {
    const ada = await signUp(testApp);
    await suspend(testApp, ada);
    const answer = await send(testApp, Me, {}, { accessToken: ada.accessToken });
    expect(answer.status).toBe(401);
    expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
  });

  it('is refused once the access token has expired: UNAUTHENTICATED', async () => {
    const ada = await signUp(testApp);
    testApp.clock.advance(testApp.config.tokens.accessTokenSeconds);
    const { accessToken } = ada;
    expect(codesOf(await send(testApp, Me, {}, { accessToken }))).toEqual(['UNAUTHENTICATED']);
    const { accessToken: fresh } = await signIn(testApp, ada);
    expect(codesOf(await send(testApp, Me, {}, { accessToken: fresh }))).toEqual([]);
  });
});
