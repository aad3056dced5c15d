import { type Client, createClient } from 'graphql-sse';
import { createFetch, type Session, SignedOutError } from './session.ts';

/** Makes a client for event streams; each attempt to come back is made with a token that holds. */
export function createEventStreamClient(url: string, session: Session): Client {
  return createClient({
    url,
    retryAttempts: Number.POSITIVE_INFINITY,
    fetchFn: createFetch(url, session),
    headers() {
      // What is thrown here is final; what `fetch` throws is tried again.
      if (!session.tokens) throw new SignedOutError();
      return {};
    },
  });
}
