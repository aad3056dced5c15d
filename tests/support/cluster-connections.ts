import { type LiveAnswers, openStream } from './live-answers.ts';
import type { ClusterServer } from './server-cluster.ts';
import { openConversation, type ProtocolSocket } from './socket-client.ts';

/** Opens a socket to a server process. */
export function openSocketAt({ url }: ClusterServer, token: string): Promise<ProtocolSocket> {
  return openConversation({ webSocketUrl: `${url.replace('http', 'ws')}/graphql` }, { token });
}

/** Subscribes at a server process over an event stream. */
export function openStreamAt<Data>(
  { url }: ClusterServer,
  accessToken: string,
  query: string,
): Promise<LiveAnswers<Data>> {
  const respond = async ({ method, headers, body }: Request) =>
    fetch(`${url}/graphql`, { method, headers, body: await new Response(body).text() });
  return openStream<Data>({ app: { respond } }, { query }, { accessToken });
}
