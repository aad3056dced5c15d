import { beforeAll, describe, expect, it } from 'vitest';
import { type Person, signUp, verificationToken } from '../support/people.ts';
import { bodyOf, codeOf, postGraphql, type RawAnswer } from '../support/raw-request.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let testApp: TestApp;
let ada: Person;
beforeAll(async () => {
  const running = await startTestApp();
  testApp = running;
  ada = await signUp(running);
  return running.stop;
});

/** Sends a document with a token that does not hold. */
const sendStale = (
  query: string,
  variables: Record<string, unknown> = {},
  operationName?: string,
): Promise<RawAnswer> =>
  postGraphql(testApp, { query, variables, operationName }, { authorization: 'Bearer stale' });

const eve = 'eve@example.com';
const password = 'a password of good length';

describe('a token that does not hold', () => {
  it('does not keep its client from signing up, having the mail sent again and confirming', async () => {
    const input = { email: eve, password, displayName: 'Eve' };
    const signingUp = await sendStale(
      'mutation ($input: SignUpInput!) { signUp(input: $input) { __typename } }',
      { input },
    );
    expect(bodyOf(signingUp)).toEqual({ data: { signUp: { __typename: 'Accepted' } } });
    const resending = await sendStale(
      'mutation ($input: EmailInput!) { resendVerification(input: $input) { __typename } }',
      { input: { email: eve } },
    );
    expect(bodyOf(resending)).toEqual({ data: { resendVerification: { __typename: 'Accepted' } } });
    const token = await verificationToken(testApp, eve);
    const confirming = await sendStale(
      'mutation ($input: TokenInput!) { verifyEmail(input: $input) { ... on AuthPayload { user { email } } } }',
      { input: { token } },
    );
    expect(bodyOf(confirming)).toEqual({ data: { verifyEmail: { user: { email: eve } } } });
  });

  it('does not keep its client from signing in', async () => {
    const answer = await sendStale(
      'mutation ($input: SignInInput!) { signIn(input: $input) { ... on AuthPayload { user { id } } } }',
      { input: { email: ada.email, password: ada.password } },
    );
    expect(answer.status).toBe(200);
    expect(bodyOf(answer)).toEqual({ data: { signIn: { user: { id: ada.id } } } });
  });

  it('does not keep its client from refreshing', async () => {
    const answer = await sendStale(
      'mutation ($token: String!) { refreshSession(input: { refreshToken: $token }) { ... on AuthPayload { user { id } } } }',
      { token: ada.refreshToken },
    );
    expect(bodyOf(answer)).toEqual({ data: { refreshSession: { user: { id: ada.id } } } });
  });

  it('counts for nothing where it is let pass', async () => {
    const answer = await sendStale(
      'mutation { signIn(input: { email: "nobody@example.com", password: "x" }) { __typename } }',
    );
    expect(bodyOf(answer)).toEqual({ data: { signIn: { __typename: 'InvalidCredentialsError' } } });
    expect(testApp.logged.lines.filter(({ msg }) => msg === 'operation').at(-1)).toMatchObject({
      viewerId: null,
    });
  });
});

const signIn = 'signIn(input: { email: "nobody@example.com", password: "x" }) { __typename }';
const change = 'updateProfile(input: { displayName: "Changed" }) { __typename }';
const onMutation = 'on Mutation';

describe('a token that does not hold, with a document that mixes', () => {
  it.each([
    ['credentials and another field', `mutation { ${signIn} ${change} }`],
    ['another field and credentials', `mutation { ${change} ${signIn} }`],
    ['credentials and signOut', `mutation { ${signIn} signOut { __typename } }`],
    ['credentials and __typename', `mutation { __typename ${signIn} }`],
    ['a field under the name of a credential', `mutation { signIn: ${change} }`],
    [
      'a credential under the name of a field and the field',
      `mutation { updateProfile: ${signIn} x: ${change} }`,
    ],
    ['a field in a fragment', `mutation { ${signIn} ...F } fragment F ${onMutation} { ${change} }`],
    [
      'a field in a fragment of a fragment',
      `mutation { ...A } fragment A ${onMutation} { ${signIn} ...B } fragment B ${onMutation} { ... { ${change} } }`,
    ],
    [
      'a fragment named like a credential',
      `mutation { ...signIn } fragment signIn ${onMutation} { ${change} }`,
    ],
    ['a field in an inline fragment', `mutation { ${signIn} ... ${onMutation} { ${change} } }`],
    ['a field in an inline fragment without a type', `mutation { ${signIn} ... { ${change} } }`],
    [
      'a field that a variable includes',
      `mutation ($yes: Boolean! = true) { ${signIn} ... @include(if: $yes) { ${change} } }`,
    ],
    [
      'a field that a variable does not skip',
      `mutation ($no: Boolean! = false) { ${signIn} x: ${change.replace(') {', ') @skip(if: $no) {')} }`,
    ],
    ['a field that is skipped', `mutation { ${signIn} ... @skip(if: true) { ${change} } }`],
    [
      'nothing but skipped credentials and __typename',
      `mutation { __typename ... @skip(if: true) { ${signIn} } }`,
    ],
    ['no credentials at all', `{ me { id } }`],
    ['a public query', `{ authConfig { signUpEnabled } }`],
    ['__typename alone', '{ __typename }'],
    ['the schema', '{ __schema { queryType { name } } }'],
  ])('is refused: %s', async (_description, query) => {
    const answer = await sendStale(query);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(bodyOf(answer)).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(bodyOf(answer)).not.toHaveProperty('data');
  });

  it.each([
    ['under other names', `mutation { a: ${signIn} b: ${signIn} }`],
    ['through fragments', `mutation { ...A } fragment A ${onMutation} { ... { ${signIn} } }`],
  ])('passes when there are credentials alone, %s', async (_description, query) => {
    const answer = await sendStale(query);
    expect(answer.status).toBe(200);
    expect(bodyOf(answer)).not.toHaveProperty('errors');
  });
});

describe('a token that does not hold, with several operations', () => {
  const query = `mutation Credentials { ${signIn} } query Who { me { id } } mutation Change { ${change} }`;

  it('lets the named one pass when that is of credentials', async () => {
    const answer = await sendStale(query, {}, 'Credentials');
    expect(bodyOf(answer)).toEqual({ data: { signIn: { __typename: 'InvalidCredentialsError' } } });
  });

  it.each(['Who', 'Change'])('refuses %s', async (operationName) => {
    const answer = await sendStale(query, {}, operationName);
    expect(answer.status).toBe(401);
    expect(bodyOf(answer)).not.toHaveProperty('data');
  });

  it.each([undefined, '', 'Nobody', 'credentials', '__proto__'])(
    'runs none when %j is named: OPERATION_RESOLUTION_FAILURE',
    async (operationName) => {
      const answer = await sendStale(query, {}, operationName);
      expect(answer.status).toBe(400);
      expect(bodyOf(answer)).toMatchObject({
        errors: [{ extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }],
      });
    },
  );

  it('changed nothing in all that', async () => {
    const { prisma } = testApp.database;
    expect(await prisma.user.count({ where: { displayName: 'Changed' } })).toBe(0);
  });
});

describe('a document of fragments that spread the next one twice', () => {
  // Read without a memory, its root has 2⁶⁰ fields.
  const fragments = Array.from(
    { length: 60 },
    (_, index) => `fragment f${index} on Mutation { ...f${index + 1} ...f${index + 1} }`,
  );

  it.each([
    'signOut { __typename }',
    'signIn(input: { email: "x", password: "x" }) { __typename }',
  ])('is refused at once, before the token is looked at: %s', async (field) => {
    const last = `fragment f60 on Mutation { ${field} }`;
    const answer = await sendStale(['mutation { ...f0 }', ...fragments, last].join(' '));
    expect(answer.status).toBe(400);
    expect(codeOf(answer)).toEqual(['COST_LIMIT_EXCEEDED']);
  });
});
