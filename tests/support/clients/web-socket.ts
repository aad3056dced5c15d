import { type Client, createClient } from 'graphql-ws';
import { authorizationOf, refresh, type Session, SignedOutError } from './session.ts';

/** Makes a client for WebSockets; it comes back with a fresh token when its token has run out. */
export function createSocketClient(url: string, session: Session): Client {
  let isStale = false;
  return createClient({
    url: url.replace(/^http/, 'ws'),
    async connectionParams() {
      if (isStale) await refresh(url, session);
      return authorizationOf(session);
    },
    on: {
      closed: (event) => {
        isStale = (event as CloseEvent).code === 4403;
      },
    },
    retryAttempts: Number.POSITIVE_INFINITY,
    // By itself, the client takes a server that cannot be reached for the end.
    shouldRetry: (failure) => !(failure instanceof SignedOutError),
  });
}
