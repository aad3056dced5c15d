import { describe, expect, it } from 'vitest';
import {
  createAuthClient,
  SignedOutError,
  type Tokens,
} from '../support/auth-clients/auth-client.ts';
import { useListeningApp } from '../support/listening-app.ts';
import { signUp } from '../support/people.ts';
import { openConversation } from '../support/socket-client.ts';

const me = '{ me { id } }';

/** Keeps tokens in memory. */
function createStore() {
  let tokens: Tokens | null = null;
  return {
    load: () => tokens,
    save(fresh: Tokens | null) {
      tokens = fresh;
    },
  };
}

/** Fetches as a browser does that holds cookies; writes down what was asked. */
function createBrowser() {
  const cookies = new Map<string, string>();
  const asked: string[] = [];
  async function send(input: string | URL | Request, init: RequestInit = {}) {
    const { query } = JSON.parse(String(init.body));
    asked.push(/(\w+)[^\w]*$/.exec(query.split(/[({]/, 1)[0] ?? '')?.[1] ?? 'query');
    const headers = new Headers(init.headers);
    if (init.credentials === 'include') {
      headers.set('cookie', [...cookies].map((pair) => pair.join('=')).join('; '));
    }
    const response = await fetch(input, { ...init, headers });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const name = pair.slice(0, pair.indexOf('='));
      if (cookie.includes('; Max-Age=0;')) cookies.delete(name);
      else cookies.set(name, pair.slice(name.length + 1));
    }
    return response;
  }
  return { send, asked };
}

describe.each(['bearer', 'cookie'])('the client of the guide, with a session by %s', (form) => {
  const app = useListeningApp();

  async function signedIn() {
    const person = await signUp(app);
    const { send, asked } = createBrowser();
    const store = form === 'bearer' ? createStore() : null;
    const client = createAuthClient(`${app.url}/graphql`, store, send);
    const { __typename } = await client.signIn(person.email, person.password);
    expect(__typename).toBe('AuthPayload');
    return { person, client, asked, store };
  }

  it('is not signed out by a sign-out that failed', async () => {
    const person = await signUp(app);
    const { send } = createBrowser();
    let isDown = false;
    const store = form === 'bearer' ? createStore() : null;
    const client = createAuthClient(`${app.url}/graphql`, store, async (input, init) =>
      isDown ? Response.json({ errors: [{ message: 'Try later.' }] }) : send(input, init),
    );
    await client.signIn(person.email, person.password);
    isDown = true;
    await expect(client.signOut()).rejects.toThrow('Try later.');
    await expect(client.signIn(person.email, person.password)).rejects.toThrow('Try later.');
    isDown = false;
    expect(await client.ask(me)).toMatchObject({ data: { me: { id: person.id } } });
  });

  it('asks as whoever signed in', async () => {
    const { person, client, store } = await signedIn();
    expect(await client.ask(me)).toEqual({ data: { me: { id: person.id } } });
    expect(store?.load() === null).toBe(false);
  });

  it('refreshes once for all that ask when the access token has ended', async () => {
    const { person, client, asked } = await signedIn();
    app.clock.advance(app.config.tokens.accessTokenSeconds + 1);
    asked.length = 0;
    const answers = await Promise.all([client.ask(me), client.ask(me), client.ask(me)]);
    expect(answers).toEqual(Array(3).fill({ data: { me: { id: person.id } } }));
    expect(asked.filter((name) => name === 'Refresh')).toHaveLength(1);
  });

  it('tells when the session has ended', async () => {
    const { client, store } = await signedIn();
    await app.database.prisma.session.updateMany({ data: { revokedAt: new Date() } });
    await expect(client.ask(me)).rejects.toThrow(SignedOutError);
    expect(store?.load() ?? null).toBe(null);
    await expect(client.refresh()).rejects.toThrow(SignedOutError);
  });

  it('opens a WebSocket with what a refresh answers', async () => {
    const { person, client } = await signedIn();
    const socket = await openConversation(app, { token: await client.refresh() });
    expect(await socket.askOnce(me)).toEqual({ data: { me: { id: person.id } } });
    socket.close();
    await socket.closed;
  });

  it('is a stranger after signing out', async () => {
    const { client } = await signedIn();
    await client.signOut();
    expect(await client.ask(me)).toEqual({ data: { me: null } });
    await expect(client.refresh()).rejects.toThrow(SignedOutError);
  });

  it('answers why a sign-in is refused', async () => {
    const { person, client } = await signedIn();
    expect(await client.signIn(person.email, 'a password that is wrong')).toMatchObject({
      __typename: 'InvalidCredentialsError',
      code: 'INVALID_CREDENTIALS',
    });
  });
});
