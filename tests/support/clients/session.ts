import { ask } from './ask.ts';

/** What an app keeps of a session; without tokens nobody is signed in. */
export interface Session {
  tokens: { accessToken: string; refreshToken: string } | null;
}

/** Nobody is signed in (any more). */
export class SignedOutError extends Error {
  override readonly name = 'SignedOutError';
}

/** Tells who calls, in the headers of a request or in `connection_init`. */
export function authorizationOf({ tokens }: Session): Record<string, string> {
  return tokens ? { authorization: `Bearer ${tokens.accessToken}` } : {};
}

/** Makes a `fetch` that tells who calls; after a 401 it calls once more with a fresh token. */
export function createFetch(url: string, session: Session): typeof fetch {
  return async (input, init) => {
    const send = () => {
      const headers = Object.fromEntries(new Headers(init?.headers));
      return fetch(input, { ...init, headers: { ...headers, ...authorizationOf(session) } });
    };
    const response = await send();
    if (response.status !== 401) return response;
    await refresh(url, session);
    return send();
  };
}

const refreshSession = `mutation Refresh($input: RefreshInput!) {
  refreshSession(input: $input) {
    ... on AuthPayload { tokens { accessToken refreshToken } }
    ... on Error { code }
  }
}`;

/** Exchanges the refresh token for fresh tokens; throws when the session has ended. */
export async function refresh(url: string, session: Session): Promise<void> {
  const input = { refreshToken: session.tokens?.refreshToken ?? '' };
  const { data } = await ask(url, refreshSession, { input });
  const { tokens, code } = data?.refreshSession ?? {};
  if (tokens) session.tokens = tokens;
  // With any other code the tokens stay, for it may go better the next time.
  if (code !== 'INVALID_TOKEN') return;
  session.tokens = null;
  throw new SignedOutError();
}
