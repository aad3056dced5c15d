import {
  ApolloClient,
  ApolloLink,
  HttpLink,
  InMemoryCache,
  type PossibleTypesMap,
} from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createFetch, type Session } from './session.ts';
import { createSocketClient } from './web-socket.ts';

/** Makes an Apollo client that subscribes over a WebSocket and asks the rest by POST. */
export function createApolloClient(
  url: string,
  session: Session,
  possibleTypes: PossibleTypesMap,
): ApolloClient {
  return new ApolloClient({
    // Without them, what is asked for by `... on Error` is lost.
    cache: new InMemoryCache({ possibleTypes }),
    link: ApolloLink.split(
      ({ operationType }) => operationType === 'subscription',
      new GraphQLWsLink(createSocketClient(url, session)),
      new HttpLink({ uri: url, fetch: createFetch(url, session) }),
    ),
  });
}
