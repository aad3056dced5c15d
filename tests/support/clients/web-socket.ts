import { type Client, type ClientOptions, createClient } from 'graphql-ws';
import { authorizationOf, refresh, type Session, SignedOutError } from './session.ts';

/** Makes a client for WebSockets; it comes back with a fresh token when its token has run out. */
export function createSocketClient(
  url: string,
  session: Session,
  options: Partial<Omit<ClientOptions, 'connectionParams' | 'on'>> = {},
): Client {
  let isStale = false;
  return createClient({
    url: url.replace(/^http/, 'ws'),
    async connectionParams() {
      if (isStale) await refresh(url, session).catch(onlyWhenSignedOut);
      return authorizationOf(session);
    },
    on: {
      closed: (event) => {
        isStale = (event as CloseEvent).code === 4403;
      },
    },
    retryAttempts: Number.POSITIVE_INFINITY,
    // By itself, the client doubles its pauses without end.
    retryWait: (retries) =>
      new Promise((resolve) =>
        setTimeout(resolve, Math.min(2 ** retries * 500, 10_000) * (1 + Math.random() / 2)),
      ),
    // By itself, the client takes a server that cannot be reached for the end.
    shouldRetry: (failure) => !(failure instanceof SignedOutError),
    ...options,
  });
}

/** With the token that has run out, the server says so once more, and that is tried again. */
function onlyWhenSignedOut(failure: unknown): void {
  if (failure instanceof SignedOutError) throw failure;
}
