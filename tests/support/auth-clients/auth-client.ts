/** Tokens that an app keeps itself. */
export interface Tokens {
  accessToken: string;
  refreshToken: string;
}

/** Where it keeps them: null while nobody is signed in. */
export interface TokenStore {
  load(): Tokens | null;
  save(tokens: Tokens | null): void;
}

/** Nobody is signed in (any more): show the sign-in page. */
export class SignedOutError extends Error {
  override readonly name = 'SignedOutError';
}

const refreshSession = `mutation Refresh($refreshToken: String) {
  refreshSession(input: { refreshToken: $refreshToken }) {
    ... on AuthPayload { tokens { accessToken refreshToken connectionToken } }
    ... on Error { code }
  }
}`;

const signIn = `mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    __typename
    ... on AuthPayload { tokens { accessToken refreshToken } }
    ... on Error { code message }
    ... on RateLimitedError { retryAfterSeconds }
    ... on ValidationError { issues { path message } }
  }
}`;

const signOut = `mutation SignOut($everywhere: Boolean!) {
  signOut(everywhere: $everywhere) { __typename }
}`;

/** Throws what stands at the top level of an answer, such as a limit or a fault of the server. */
function dataOf({ data, errors }: Awaited<ReturnType<Response['json']>>) {
  if (errors || !data) throw new Error(errors?.[0]?.message ?? 'There was no answer.');
  return data;
}

/** Makes a client for a server; without a store its session is in cookies. */
export function createAuthClient(url: string, store: TokenStore | null, send = fetch) {
  const delivery = store ? 'BEARER' : 'COOKIE';
  let refreshing: Promise<string> | null = null;

  function headersOfCaller(): Record<string, string> {
    if (!store) return { 'x-latchkey-csrf': '1' };
    const tokens = store.load();
    return tokens ? { authorization: `Bearer ${tokens.accessToken}` } : {};
  }

  async function post(query: string, variables: object) {
    const response = await send(url, {
      method: 'POST',
      credentials: store ? 'omit' : 'include',
      headers: {
        accept: 'application/graphql-response+json',
        'content-type': 'application/json',
        ...headersOfCaller(),
      },
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, answer: await response.json() };
  }

  async function renew(): Promise<string> {
    const refreshToken = store?.load()?.refreshToken ?? null;
    if (store && refreshToken === null) throw new SignedOutError();
    const { answer } = await post(refreshSession, { refreshToken });
    const { tokens, code } = answer.data?.refreshSession ?? {};
    if (code === 'INVALID_TOKEN') {
      store?.save(null);
      throw new SignedOutError();
    }
    // With any other code the session stays, for it may go better the next time.
    if (!tokens) throw new Error(`The session could not be refreshed: ${code ?? 'no answer'}.`);
    store?.save(tokens);
    return tokens.connectionToken;
  }

  /** Refreshes once for all who ask meanwhile; answers what opens a WebSocket. */
  function refresh(): Promise<string> {
    refreshing ??= renew().finally(() => {
      refreshing = null;
    });
    return refreshing;
  }

  /** Asks; after a 401 once more, with fresh tokens. */
  async function ask(query: string, variables: object = {}) {
    const { status, answer } = await post(query, variables);
    if (status !== 401) return answer;
    await refresh();
    return (await post(query, variables)).answer;
  }

  return {
    ask,
    refresh,
    /** Answers the member of `SignInResult` that came. */
    async signIn(email: string, password: string) {
      const { signIn: member } = dataOf(
        await ask(signIn, { input: { email, password, delivery } }),
      );
      if (member.tokens) store?.save(member.tokens);
      return member;
    },
    async signOut(everywhere = false): Promise<void> {
      // Thrown where it failed, for then the session goes on.
      dataOf(await ask(signOut, { everywhere }));
      store?.save(null);
    },
  };
}
