import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { signUp } from '../support/people.ts';
import { fetchFrom } from '../support/raw-request.ts';
import { useTestApp } from '../support/test-app.ts';

describe('/.well-known/jwks.json', () => {
  const testApp = useTestApp();
  const read = () => fetchFrom(testApp, '/.well-known/jwks.json');

  it('lists the public keys and nothing private', async () => {
    const answer = await read();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/jwk-set+json');
    const { keys } = JSON.parse(answer.text);
    expect(keys).toHaveLength(1);
    expect(keys[0]).toEqual({
      kty: 'OKP',
      crv: 'Ed25519',
      x: expect.stringMatching(/^[\w-]{43}$/),
      kid: expect.stringMatching(/^[\w-]{43}$/),
      alg: 'EdDSA',
      use: 'sig',
    });
  });

  it('has what others check an access token with (RFC 9068)', async () => {
    const ada = await signUp(testApp);
    const keys = createLocalJWKSet(JSON.parse((await read()).text));
    const { publicUrl } = testApp.config;
    const { payload } = await jwtVerify(ada.accessToken, keys, {
      issuer: publicUrl,
      audience: publicUrl,
      typ: 'at+jwt',
      algorithms: ['EdDSA'],
    });
    expect(payload).toEqual({
      iss: publicUrl,
      aud: publicUrl,
      sub: ada.userId,
      sid: ada.sessionId,
      client_id: 'latchkey',
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: (payload.iat ?? 0) + testApp.config.tokens.accessTokenSeconds,
    });
  });

  it('names the key by its thumbprint, as the token does', async () => {
    const ada = await signUp(testApp);
    const { keys } = JSON.parse((await read()).text);
    expect(decodeProtectedHeader(ada.accessToken)).toEqual({
      alg: 'EdDSA',
      typ: 'at+jwt',
      kid: keys[0].kid,
    });
  });
});
