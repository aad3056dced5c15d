import { beforeAll, describe, expect, it } from 'vitest';
import { createForger, type Forger } from '../support/forged-tokens.ts';
import { type Person, signUp } from '../support/people.ts';
import { bodyOf, postGraphql } from '../support/raw-request.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { type BearerParts, hostileBearers, type MakeHeader } from './hostile-bearers.ts';

let testApp: TestApp;
let ada: Person;
let forger: Forger;
beforeAll(async () => {
  const running = await startTestApp();
  testApp = running;
  ada = await signUp(running);
  forger = await createForger(running, ada);
  return running.stop;
});

const parts = (): BearerParts => ({
  ada,
  forger,
  now: Math.floor(testApp.clock.now().getTime() / 1000),
  publicUrl: testApp.config.publicUrl,
});

const refused = {
  errors: [
    {
      message: expect.not.stringMatching(/eyJ|lkr_/),
      extensions: { code: 'UNAUTHENTICATED' },
    },
  ],
};

const documents = {
  'a public query': '{ authConfig { passwordMinLength } }',
  'a query that tells strangers that they are': '{ me { id } }',
  'a mutation': 'mutation { updateProfile(input: { displayName: "Changed" }) { __typename } }',
};

describe.each(Object.entries(hostileBearers))('a header that is %s', (_kind, headers) => {
  it.each(headers)('with %s is refused and nothing is done', async (_description, make) => {
    const authorization = await make(parts());
    for (const query of Object.values(documents)) {
      const answer = await postGraphql(testApp, { query }, { authorization });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
      expect(bodyOf(answer)).toEqual(refused);
    }
    const { displayName } = await testApp.database.prisma.user.findFirstOrThrow();
    expect(displayName).toBe(ada.displayName);
  });
});

describe('a header that holds', () => {
  it.each([
    ['as it is meant', ({ ada }) => `Bearer ${ada.accessToken}`],
    ['in lower case', ({ ada }) => `bearer ${ada.accessToken}`],
    ['in upper case', ({ ada }) => `BEARER ${ada.accessToken}`],
    ['with more spaces', ({ ada }) => `  Bearer   ${ada.accessToken}  `],
    [
      'forged with the key of the server, which is why all the others are worth trying',
      async ({ forger }) => `Bearer ${await forger.sign()}`,
    ],
    [
      'issued half a minute ahead by a clock that is fast',
      async ({ forger, now }) => `Bearer ${await forger.sign({ iat: now + 29, exp: now + 89 })}`,
    ],
  ] satisfies [string, MakeHeader][])('is accepted %s', async (_description, make) => {
    const authorization = await make(parts());
    const answer = await postGraphql(testApp, { query: '{ me { id } }' }, { authorization });
    expect(bodyOf(answer)).toEqual({ data: { me: { id: ada.id } } });
  });
});

describe('a stranger without any header', () => {
  it('is answered, and refused only the fields that need more, without a challenge', async () => {
    const query = '{ me { id } authConfig { signUpEnabled } users { totalCount } }';
    const answer = await postGraphql(testApp, { query });
    expect(answer.status).toBe(200);
    expect(answer.headers.has('www-authenticate')).toBe(false);
    expect(bodyOf(answer)).toMatchObject({
      data: { me: null, authConfig: { signUpEnabled: true }, users: null },
      errors: [{ path: ['users'], extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });
});
