import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import type { Sink } from 'graphql-ws';
import { createFetch, type Session } from './session.ts';
import { createSocketClient } from './web-socket.ts';

/** Makes an urql client that subscribes over a WebSocket and asks the rest by GET and POST. */
export function createUrqlClient(url: string, session: Session): Client {
  const socket = createSocketClient(url, session);
  return new Client({
    url,
    fetch: createFetch(url, session),
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe({ query, variables }, sink as Sink),
          }),
        }),
      }),
    ],
  });
}

/** Makes one that subscribes over event streams. */
export function createStreamingUrqlClient(url: string, session: Session): Client {
  return new Client({
    url,
    fetch: createFetch(url, session),
    exchanges: [fetchExchange],
    fetchSubscriptions: true,
  });
}
