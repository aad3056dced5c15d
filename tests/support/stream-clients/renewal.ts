import type { Client } from 'graphql-ws';
import { refresh, type Session } from '../clients/session.ts';

const renewConnection = `mutation Renew($token: String!) {
  renewConnection(token: $token) { __typename }
}`;

const running = new WeakMap<Client, Promise<void>>();

/**
 * Refreshes the tokens of a session and gives its socket a fresh one: call it at each
 * `StreamAuthExpiring`. One renewal serves all the streams of a socket. Where it fails, the socket is
 * closed (4403), and the client comes back with a fresh token all the same.
 */
export function renew(client: Client, url: string, session: Session): Promise<void> {
  const renewal =
    running.get(client) ??
    send(client, url, session)
      .catch(() => {})
      .finally(() => running.delete(client));
  running.set(client, renewal);
  return renewal;
}

async function send(client: Client, url: string, session: Session): Promise<void> {
  await refresh(url, session);
  const variables = { token: session.tokens?.accessToken ?? '' };
  for await (const _answer of client.iterate({ query: renewConnection, variables }));
}
