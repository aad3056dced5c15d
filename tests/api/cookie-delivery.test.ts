import { describe, expect, it } from 'vitest';
import { createCookieJar } from '../support/cookie-jar.ts';
import { useListeningApp } from '../support/listening-app.ts';
import { type Person, signUp, verificationToken } from '../support/people.ts';
import { production } from '../support/production.ts';
import { openConversation } from '../support/socket-client.ts';

const payload =
  '... on AuthPayload { session { id } tokens { accessToken refreshToken connectionToken } }';
const signIn = `mutation ($input: SignInInput!) {
  signIn(input: $input) { __typename ${payload} ... on Error { code } }
}`;
const refresh = `mutation ($token: String) {
  refreshSession(input: { refreshToken: $token }) {
    __typename ${payload} ... on InvalidTokenError { reason }
  }
}`;
const me = '{ me { id } }';
const signOut = 'mutation { signOut { ... on RevokedSessions { revoked } } }';

const names = ['__Host-latchkey-access', '__Host-latchkey-refresh'];
const inputOf = ({ email, password }: Person) => ({
  input: { email, password, delivery: 'COOKIE' },
});
const cleared = names.map((name) => `${name}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure`);
const inCookies = { accessToken: null, refreshToken: null, connectionToken: expect.any(String) };

describe('a session in cookies', () => {
  const app = useListeningApp(production);

  async function signedIn(name?: string) {
    const person = await signUp(app, name);
    const jar = createCookieJar(app.url);
    const answer = await jar.ask(signIn, { variables: inputOf(person) });
    return { person, jar, answer };
  }

  it('begins with cookies that no script reads and no other host sets', async () => {
    const { jar, answer } = await signedIn();
    expect(answer.body.data?.signIn).toMatchObject({
      __typename: 'AuthPayload',
      tokens: inCookies,
    });
    const [access, rest] = [/^([\w-]+\.){2}[\w-]+$/, /^lkr_[\w-]{70}$/];
    expect([...jar.cookies]).toEqual([
      [names[0], expect.stringMatching(access)],
      [names[1], expect.stringMatching(rest)],
    ]);
    const attributes = /; Max-Age=(\d+); Path=\/; HttpOnly; SameSite=Lax; Secure$/;
    const ages = answer.setCookies.map((cookie) => Number(attributes.exec(cookie)?.[1]));
    const { accessTokenSeconds } = app.config.tokens;
    const { idleSeconds } = app.config.sessions;
    expect(ages[0]).toBeGreaterThan(accessTokenSeconds - 60);
    expect(ages[0]).toBeLessThanOrEqual(accessTokenSeconds);
    expect(ages[1]).toBeGreaterThan(idleSeconds - 60);
    expect(ages[1]).toBeLessThanOrEqual(idleSeconds);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('begins with the confirmation of an address', async () => {
    const email = 'new@example.com';
    const jar = createCookieJar(app.url);
    const input = { email, password: 'a password of good length', displayName: 'New' };
    await jar.ask('mutation ($input: SignUpInput!) { signUp(input: $input) { __typename } }', {
      variables: { input },
    });
    const { body } = await jar.ask(
      `mutation ($token: String!) {
        verifyEmail(input: { token: $token, delivery: COOKIE }) { __typename ${payload} }
      }`,
      { variables: { token: await verificationToken(app, email) } },
    );
    expect(body.data?.verifyEmail).toMatchObject({ tokens: inCookies });
    expect([...jar.cookies.keys()]).toEqual(names);
  });

  it('says who calls, over POST, GET and event streams', async () => {
    const { person, jar } = await signedIn();
    expect((await jar.ask(me)).body.data).toEqual({ me: { id: person.id } });
    const stream = await jar.ask(me, { headers: { accept: 'text/event-stream' } });
    expect(stream.body.data).toEqual({ me: { id: person.id } });
    const cookie = [...jar.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { cookie, 'x-latchkey-csrf': 'yes' };
    const got = await fetch(`${app.url}/graphql?query={me{id}}`, { headers });
    expect(await got.json()).toEqual({ data: { me: { id: person.id } } });
  });

  it('goes on by the refresh token in the cookie, and is answered in cookies', async () => {
    const { person, jar } = await signedIn();
    const before = new Map(jar.cookies);
    const { body, setCookies } = await jar.ask(refresh);
    expect(body.data?.refreshSession).toMatchObject({ tokens: inCookies });
    expect(setCookies).toHaveLength(2);
    for (const name of names) expect(jar.cookies.get(name)).not.toBe(before.get(name));
    expect((await jar.ask(me)).body.data).toEqual({ me: { id: person.id } });
  });

  it('gives requests at the same moment one successor', async () => {
    const { jar } = await signedIn();
    const cookie = [...jar.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answers = await Promise.all(
      [1, 2, 3].map(() => createCookieJar(app.url).ask(refresh, { headers: { cookie } })),
    );
    const successors = answers.map(({ setCookies }) => setCookies[1]?.split(';')[0]);
    expect(new Set(successors).size).toBe(1);
    expect(successors[0]).toMatch(/^__Host-latchkey-refresh=lkr_/);
  });

  it('is refused as a whole once the access token has ended, and goes on by a refresh', async () => {
    const { person, jar } = await signedIn();
    jar.cookies.delete(names[0] ?? '');
    expect(await jar.ask(me)).toMatchObject({ status: 401, codes: ['UNAUTHENTICATED'] });
    const stale = { headers: { authorization: 'Bearer stale' } };
    const { body } = await jar.ask(refresh, stale);
    expect(body.data?.refreshSession).toMatchObject({ tokens: inCookies });
    expect((await jar.ask(me)).body.data).toEqual({ me: { id: person.id } });
  });

  it('opens a WebSocket with the connection token', async () => {
    const { person, jar } = await signedIn();
    const { body } = await jar.ask(refresh);
    const { tokens } = Object(body.data?.refreshSession);
    const socket = await openConversation(app, { token: tokens.connectionToken });
    expect(await socket.askOnce(me)).toEqual({ data: { me: { id: person.id } } });
    socket.close();
    await socket.closed;
  });

  it('shows its tokens over no socket, which a script may have opened', async () => {
    const { person, answer } = await signedIn();
    const token = Object(answer.body.data?.signIn).tokens.connectionToken;
    const socket = await openConversation(app, { token });
    const proof = `mutation {
      reauthenticate(input: { method: PASSWORD, password: "${person.password}" }) { ${payload} }
    }`;
    expect(await socket.askOnce(proof)).toMatchObject({
      data: { reauthenticate: null },
      errors: [{ extensions: { code: 'COOKIES_UNAVAILABLE' } }],
    });
    socket.close();
    await socket.closed;
  });

  it('ends with its cookies', async () => {
    const { jar } = await signedIn();
    const { body, setCookies } = await jar.ask(signOut);
    expect(body.data).toEqual({ signOut: { revoked: 1 } });
    expect(setCookies).toEqual(cleared);
    expect((await jar.ask(me)).body.data).toEqual({ me: null });
  });

  it('leaves its cookies when the session of an Authorization header is ended', async () => {
    const { person, jar } = await signedIn();
    const headers = { authorization: `Bearer ${person.accessToken}` };
    const { body, setCookies } = await jar.ask(signOut, { headers });
    expect(body.data).toEqual({ signOut: { revoked: 1 } });
    expect(setCookies).toEqual([]);
    expect((await jar.ask(me)).body.data).toEqual({ me: { id: person.id } });
  });

  it('takes the cookies of a dead session away when it is to go on: INVALID_TOKEN', async () => {
    const { jar } = await signedIn();
    const cookies = new Map(jar.cookies);
    await jar.ask(signOut);
    for (const [name, value] of cookies) jar.cookies.set(name, value);
    expect(await jar.ask(me)).toMatchObject({ status: 401, setCookies: [] });
    const { body, setCookies } = await jar.ask(refresh);
    expect(body.data?.refreshSession).toMatchObject({ reason: 'REVOKED' });
    expect(setCookies).toEqual(cleared);
  });

  it('does not begin where there is no refresh token at all: INVALID_TOKEN', async () => {
    const { body, setCookies } = await createCookieJar(app.url).ask(refresh);
    expect(body.data?.refreshSession).toMatchObject({ reason: 'UNKNOWN' });
    expect(setCookies).toEqual([]);
  });

  it('leaves its cookies when something else is refused', async () => {
    const { person, jar } = await signedIn();
    const wrong = inputOf({ ...person, password: 'a password that is wrong' });
    const refused = await jar.ask(signIn, { variables: wrong });
    expect(refused.body.data?.signIn).toMatchObject({ code: 'INVALID_CREDENTIALS' });
    const token = await jar.ask(
      'mutation { verifyEmail(input: { token: "x", delivery: COOKIE }) { __typename } }',
    );
    const given = await jar.ask(refresh, { variables: { token: 'x' } });
    expect([refused, token, given].flatMap(({ setCookies }) => setCookies)).toEqual([]);
  });

  it('is the last one of several that begin in one document', async () => {
    const person = await signUp(app);
    const jar = createCookieJar(app.url);
    const { body, setCookies } = await jar.ask(
      `mutation ($input: SignInInput!) {
        one: signIn(input: $input) { ${payload} } other: signIn(input: $input) { ${payload} }
      }`,
      { variables: inputOf(person) },
    );
    expect(setCookies).toHaveLength(2);
    const current = await jar.ask('{ currentSession { id } }');
    expect(current.body.data?.currentSession).toEqual(Object(body.data?.other).session);
  });

  it('answers a refresh token that is given in the answer, even to a browser with cookies', async () => {
    const { person, jar } = await signedIn();
    const variables = { token: person.refreshToken };
    const { body, setCookies } = await jar.ask(refresh, { variables });
    expect(body.data?.refreshSession).toMatchObject({
      tokens: { refreshToken: expect.stringMatching(/^lkr_/) },
    });
    expect(setCookies).toEqual([]);
  });

  it('is never written into the log', async () => {
    const { jar } = await signedIn();
    await jar.ask(refresh);
    await jar.ask('{', {});
    await jar.ask(me, { headers: { 'x-latchkey-csrf': null } });
    const log = JSON.stringify(app.logged.lines);
    expect(log).toContain('CSRF_HEADER_REQUIRED');
    for (const value of jar.cookies.values()) {
      expect(log).not.toContain(value.split('.').at(-1));
    }
  });
});

describe('a development server that is reached without encryption', () => {
  const app = useListeningApp();

  it('sets cookies that browsers take there', async () => {
    const jar = createCookieJar(app.url);
    const { setCookies } = await jar.ask(signIn, { variables: inputOf(await signUp(app)) });
    expect([...jar.cookies.keys()]).toEqual(['latchkey-access', 'latchkey-refresh']);
    for (const cookie of setCookies) expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/);
    expect((await jar.ask(me)).body.data?.me).not.toBeNull();
  });
});

describe('a production server on this machine', () => {
  const app = useListeningApp({ ...production, PUBLIC_URL: 'http://localhost:4000' });

  it('sets cookies for encrypted connections alone', async () => {
    const jar = createCookieJar(app.url);
    const { setCookies } = await jar.ask(signIn, { variables: inputOf(await signUp(app)) });
    expect([...jar.cookies.keys()]).toEqual(names);
    for (const cookie of setCookies) expect(cookie).toMatch(/; Secure$/);
  });
});
