import { describe, expect, it } from 'vitest';
import { verificationToken } from '../support/people.ts';
import { bodyOf, fetchFrom, postGraphql } from '../support/raw-request.ts';
import { secretKey, useTestApp } from '../support/test-app.ts';

const testApp = useTestApp();

const password = 'a recognisable set of words';
const address = '203.0.113.77';
const userAgent = 'RecognisableBrowser/1.0';
const cookie = 'recognisable=cookie';

interface Tokens {
  accessToken: string;
  refreshToken: string;
}

async function run(operationName: string, query: string, input: unknown, authorization?: string) {
  const headers = { 'user-agent': userAgent, cookie, ...(authorization && { authorization }) };
  const variables = { input };
  const answer = await postGraphql(testApp, { query, variables, operationName }, headers, address);
  return { requestId: answer.headers.get('x-request-id'), body: bodyOf(answer) };
}

const payload = '... on AuthPayload { user { id } tokens { accessToken refreshToken } }';

const tokensOf = (answer: unknown): Tokens => Object(answer).tokens;

/** Goes the whole way from sign-up to sign-out and answers every token that was met. */
async function live(email = 'recognisable.person@example.com'): Promise<string[]> {
  const signUp =
    'mutation SignUpOfLog($input: SignUpInput!) { signUp(input: $input) { __typename } }';
  await run('SignUpOfLog', signUp, { email, password, displayName: 'Recognisable Name' });
  const token = await verificationToken(testApp, email);
  const verify = `mutation VerifyOfLog($input: TokenInput!) { verifyEmail(input: $input) { ${payload} } }`;
  const verified = tokensOf((await run('VerifyOfLog', verify, { token })).body.data?.verifyEmail);
  const signIn = `mutation SignInOfLog($input: SignInInput!) { signIn(input: $input) { ${payload} } }`;
  const deviceLabel = 'Recognisable Device';
  const { body } = await run('SignInOfLog', signIn, { email, password, deviceLabel });
  const signedIn = tokensOf(body.data?.signIn);
  const refresh = `mutation RefreshOfLog($input: RefreshInput!) { refreshSession(input: $input) { ${payload} } }`;
  const { refreshToken } = signedIn;
  const answer = await run('RefreshOfLog', refresh, { refreshToken });
  const refreshed = tokensOf(answer.body.data?.refreshSession);
  const signOut = 'mutation SignOutOfLog { signOut { __typename } }';
  await run('SignOutOfLog', signOut, undefined, `Bearer ${refreshed.accessToken}`);
  await run('SignOutOfLog', signOut, undefined, `Bearer ${refreshed.accessToken}`);
  return [token, verified, signedIn, refreshed].flatMap((met) =>
    typeof met === 'string' ? [met] : [met.accessToken, met.refreshToken],
  );
}

describe('the log of a whole life', () => {
  it('holds no password, token, cookie, address, name, variable or key', async () => {
    const tokens = await live();
    const { text } = testApp.logged;
    expect(tokens).toHaveLength(7);
    for (const token of tokens) {
      expect(token.length).toBeGreaterThan(40);
      for (const part of token.split('.')) expect(text()).not.toContain(part.slice(0, 20));
      expect(text()).not.toContain(token.slice(-20));
    }
    expect(text()).not.toMatch(/recognisable/i);
    for (const secret of [address, secretKey, 'Bearer ', '$argon2', 'mutation ', 'PRIVATE']) {
      expect(text()).not.toContain(secret);
    }
  });

  it('holds nothing of requests that fail either', async () => {
    const start = testApp.logged.lines.length;
    const input = { email: 'recognisable@example.com', password: 'recognisable wrong' };
    const signIn = 'mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }';
    const post = (body: unknown, headers = {}) => postGraphql(testApp, body, headers, address);
    await post({ query: signIn, variables: { input } });
    await post({ query: signIn, variables: { input: { ...input, recognisable: 1 } } });
    await post({ query: '{ recognisable }' });
    await post({ query: '{ me { id } } # recognisable', operationName: 'recognisable' });
    await post('{"recognisable');
    await post({ query: '{ me { id } }' }, { authorization: 'Bearer recognisable' });
    await post({ query: '{ node(id: "recognisable") { id } }' });
    await fetchFrom(testApp, '/graphql?query={me{id}}&recognisable=1');
    await fetchFrom(testApp, '/recognisable?recognisable=1');
    await fetchFrom(testApp, '/outbox?mail=recognisable');
    const lines = testApp.logged.lines.slice(start);
    expect(lines.length).toBeGreaterThan(10);
    expect(JSON.stringify(lines)).not.toMatch(/recognisable/i);
    expect(JSON.stringify(lines)).not.toContain(address);
  });
});

describe('the line of an operation', () => {
  const lastOperation = () => testApp.logged.lines.filter(({ msg }) => msg === 'operation').at(-1);

  it('tells which request, which operation, who, how long and how it ended', async () => {
    const query = 'query NameOfLog { authConfig { signUpEnabled } }';
    const { requestId } = await run('NameOfLog', query, undefined);
    expect(lastOperation()).toEqual({
      level: testApp.logged.log.levels.values.info,
      time: expect.any(Number),
      msg: 'operation',
      requestId,
      transport: 'http',
      operationName: 'NameOfLog',
      viewerId: null,
      bearer: 'none',
      outcome: 'ok',
      durationMs: expect.any(Number),
    });
  });

  it('tells the viewer by id', async () => {
    await live('recognisable.other@example.com');
    const { id } = await testApp.database.prisma.user.findFirstOrThrow();
    const lines = testApp.logged.lines.filter(
      ({ operationName }) => operationName === 'SignOutOfLog',
    );
    expect(lines.slice(-2)).toMatchObject([
      { viewerId: id, bearer: 'accepted', outcome: 'ok' },
      { viewerId: null, bearer: 'refused', outcome: ['UNAUTHENTICATED'] },
    ]);
  });

  it('tells the codes of what was refused', async () => {
    await run('RefusedOfLog', 'query RefusedOfLog { users { totalCount } me { id } }', undefined);
    expect(lastOperation()).toMatchObject({ outcome: ['UNAUTHENTICATED'] });
  });

  it('cuts a name that is too long', async () => {
    const name = 'N'.repeat(1000);
    await run(name, `query ${name} { __typename }`, undefined);
    expect(lastOperation()?.operationName).toBe('N'.repeat(100));
  });
});
