import { beforeEach, describe, expect, it } from 'vitest';
import { type CookieJar, createCookieJar } from '../support/cookie-jar.ts';
import { useListeningApp } from '../support/listening-app.ts';
import { type Person, signUp } from '../support/people.ts';
import { production } from '../support/production.ts';
import { openConversation } from '../support/socket-client.ts';

const allowed = 'https://app.example.com';
const app = useListeningApp({ ...production, CORS_ORIGINS: allowed });
const me = '{ me { id } }';
const signIn = `mutation ($input: SignInInput!) {
  signIn(input: $input) { ... on AuthPayload { user { id } } ... on Error { code } }
}`;
const refresh = 'mutation { refreshSession(input: {}) { ... on Error { code } } }';
const [access, refreshing] = ['__Host-latchkey-access', '__Host-latchkey-refresh'];

let ada: Person;
let jar: CookieJar;
let cookie: string;
beforeEach(async () => {
  ada = await signUp(app);
  jar = createCookieJar(app.url);
  await jar.ask(signIn, { variables: inputOf(ada) });
  cookie = [...jar.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
});

const inputOf = ({ email, password }: Person) => ({
  input: { email, password, delivery: 'COOKIE' },
});
const countSessions = () => app.database.prisma.session.count();

/** What an answer says of who called. */
async function callerOf(headers: Record<string, string | null>): Promise<unknown> {
  const { body, codes } = await createCookieJar(app.url).ask(me, { headers });
  if (codes.length > 0) return codes.join();
  return Object(body.data?.me).id === ada.id ? 'Ada' : 'a stranger';
}

describe('cookies on a request', () => {
  const noHeader = { 'x-latchkey-csrf': null };
  const required = 'CSRF_HEADER_REQUIRED';
  const foreign = 'ORIGIN_NOT_ALLOWED';
  it.each<[string, Record<string, string | null>, string]>([
    ['with the header', {}, 'Ada'],
    ['with any value in the header', { 'x-latchkey-csrf': 'anything' }, 'Ada'],
    ['without the header', noHeader, required],
    ['with an empty header', { 'x-latchkey-csrf': ' ' }, required],
    ['without the header, from an allowed origin', { ...noHeader, origin: allowed }, required],
    ['from an allowed origin', { origin: allowed }, 'Ada'],
    ['from a foreign origin', { origin: 'https://evil.example' }, foreign],
    ['from a subdomain', { origin: 'https://x.accounts.example.com' }, foreign],
    ['from a sandboxed frame', { origin: 'null' }, foreign],
    ['from another site without an origin', { 'sec-fetch-site': 'cross-site' }, foreign],
    ['from the same site without an origin', { 'sec-fetch-site': 'same-site' }, foreign],
    ['next to a token that does not hold', { authorization: 'Bearer stale' }, 'UNAUTHENTICATED'],
    ['next to an empty Authorization', { authorization: 'Basic x' }, 'UNAUTHENTICATED'],
  ])('are heeded only when its page is trusted: %s', async (_description, headers, expected) => {
    expect(await callerOf({ cookie, ...headers })).toBe(expected);
  });

  it.each<[string, (token: string) => string, string]>([
    ['the name without its prefix', (token) => `latchkey-access=${token}`, 'a stranger'],
    ['the name in another case', (token) => `__host-latchkey-access=${token}`, 'a stranger'],
    ['a blank inside the name', (token) => `__Host-latchkey-access =${token}`, 'a stranger'],
    ['a no-break space before', (token) => `\u00a0${access}=${token}`, 'a stranger'],
    ['a name at the end of another', (token) => `x=1, ${access}=${token}`, 'a stranger'],
    [
      'the old syntax',
      (token) => `$Version=1; x="1; ${access}=stale"; y=${token}`,
      'UNAUTHENTICATED',
    ],
    ['quotes around', (token) => `${access}="${token}"`, 'UNAUTHENTICATED'],
    [
      'the percent encoding',
      (token) => `${access}=${token.replace('.', '%2E')}`,
      'UNAUTHENTICATED',
    ],
    ['twice the same', (token) => `${access}=${token}; ${access}=${token}`, 'UNAUTHENTICATED'],
    ['another one before', (token) => `${access}=stale; ${access}=${token}`, 'UNAUTHENTICATED'],
    ['another one behind', (token) => `${access}=${token}; ${access}=stale`, 'UNAUTHENTICATED'],
    ['nothing', () => `${access}=`, 'UNAUTHENTICATED'],
    ['a name alone', () => `${access}; ${access}x`, 'a stranger'],
    ['the refresh token in its place', () => `${access}=${ada.refreshToken}`, 'UNAUTHENTICATED'],
    ['the access token in both', (token) => `${access}=${token}; ${refreshing}=${token}`, 'Ada'],
    ['the other cookie alone', (token) => `${refreshing}=${token}`, 'UNAUTHENTICATED'],
    ['many others', (token) => `${'a=b; '.repeat(2000)}${access}=${token}`, 'Ada'],
  ])('are read strictly: %s', async (_description, write, expected) => {
    expect(await callerOf({ cookie: write(ada.accessToken) })).toBe(expected);
  });

  it('give way to an Authorization header', async () => {
    const bob = await signUp(app, 'Bob');
    const headers = { cookie, authorization: `Bearer ${bob.accessToken}` };
    const { body } = await jar.ask(me, { headers: { ...headers, ...noHeader } });
    expect(body.data).toEqual({ me: { id: bob.id } });
  });

  it('are nothing when their session has ended: UNAUTHENTICATED', async () => {
    await jar.ask('mutation { signOut { __typename } }');
    expect(await callerOf({ cookie })).toBe('UNAUTHENTICATED');
  });

  it.each(['application/json', 'text/event-stream'])(
    'are refused by GET without the header, as forms and pictures send it: %s',
    async (accept) => {
      const url = `${app.url}/graphql?query=${encodeURIComponent(me)}`;
      const refused = await fetch(url, { headers: { cookie, accept } });
      expect(refused.status).toBe(403);
      expect(await refused.text()).toContain(required);
      const allowed = await fetch(url, { headers: { cookie, accept, 'x-latchkey-csrf': '1' } });
      expect(await allowed.text()).toContain(ada.id);
    },
  );

  it('are not read at the handshake of a WebSocket', async () => {
    const headers = { cookie, 'x-latchkey-csrf': '1' };
    const socket = await openConversation(app, { headers });
    expect(await socket.askOnce(me)).toEqual({ data: { me: null } });
    socket.close();
    await socket.closed;
  });

  it('leave open to strangers what needs no session, such as the pages of mails', async () => {
    const { body } = await jar.ask(
      'mutation { verifyEmail(input: { token: "x" }) { ... on Error { code } } }',
      { headers: noHeader },
    );
    expect(body.data).toEqual({ verifyEmail: { code: 'INVALID_TOKEN' } });
  });
});

describe('cookies on an answer', () => {
  const nothing = { setCookies: [] };

  it('are not set without the header, nor is anything done: CSRF_HEADER_REQUIRED', async () => {
    const before = await countSessions();
    for (const question of [signIn, refresh]) {
      const answer = await jar.ask(question, {
        variables: inputOf(ada),
        headers: { 'x-latchkey-csrf': null },
      });
      expect(answer).toMatchObject({ ...nothing, codes: ['CSRF_HEADER_REQUIRED'] });
    }
    expect(await countSessions()).toBe(before);
    expect((await jar.ask(me)).body.data).toEqual({ me: { id: ada.id } });
  });

  it('are not set over event streams, nor is anything done: COOKIES_UNAVAILABLE', async () => {
    const before = await countSessions();
    const { rotatedAt } = await app.database.prisma.session.findFirstOrThrow({
      orderBy: { createdAt: 'desc' },
    });
    for (const question of [signIn, refresh]) {
      const answer = await jar.ask(question, {
        variables: inputOf(ada),
        headers: { accept: 'text/event-stream' },
      });
      expect(answer).toMatchObject({ ...nothing, codes: ['COOKIES_UNAVAILABLE'] });
    }
    expect(await countSessions()).toBe(before);
    expect(await app.database.prisma.session.count({ where: { rotatedAt } })).toBe(before);
  });

  it('are not set over WebSockets, and no try is counted: COOKIES_UNAVAILABLE', async () => {
    const before = await countSessions();
    const socket = await openConversation(app);
    const wrong = { ...ada, password: 'a password that is wrong' };
    for (let tries = 0; tries < 12; tries += 1) {
      const [answer] = await socket.ask(signIn, inputOf(wrong));
      expect(answer?.payload).toMatchObject({
        data: { signIn: null },
        errors: [{ extensions: { code: 'COOKIES_UNAVAILABLE' } }],
      });
    }
    const [answer] = await socket.ask(refresh);
    expect(answer?.payload).toMatchObject({
      errors: [{ extensions: { code: 'COOKIES_UNAVAILABLE' } }],
    });
    const bearer = await socket.askOnce(signIn, {
      input: { ...inputOf(ada).input, delivery: 'BEARER' },
    });
    expect(bearer.data).toMatchObject({ signIn: { user: { id: ada.id } } });
    expect(await countSessions()).toBe(before + 1);
    socket.close();
    await socket.closed;
  });
});
