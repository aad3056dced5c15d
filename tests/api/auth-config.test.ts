import { describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import { signUp } from '../support/people.ts';
import { ask } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const AuthConfig = graphql(`
  query AuthConfig {
    authConfig { passwordMinLength methods signUpEnabled maxUploadBytes }
  }
`);

const methods = ['PASSWORD', 'EMAIL_CODE'];

describe('authConfig', () => {
  const testApp = useTestApp();

  it('tells strangers and users alike what a sign-in page needs', async () => {
    const authConfig = {
      passwordMinLength: 15,
      methods,
      signUpEnabled: true,
      maxUploadBytes: 5_242_880,
    };
    expect(await ask(testApp, AuthConfig, {})).toEqual({ authConfig });
    const { accessToken } = await signUp(testApp);
    expect(await ask(testApp, AuthConfig, {}, { accessToken })).toEqual({ authConfig });
  });
});

describe('authConfig of a server with other settings', () => {
  const testApp = useTestApp({
    PASSWORD_MIN_LENGTH: '20',
    SIGN_UP_ENABLED: 'false',
    UPLOAD_MAX_BYTES: '65536',
  });

  it('tells of them', async () => {
    expect(await ask(testApp, AuthConfig, {})).toEqual({
      authConfig: { passwordMinLength: 20, methods, signUpEnabled: false, maxUploadBytes: 65_536 },
    });
  });
});
