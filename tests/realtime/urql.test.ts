import { randomUUID } from 'node:crypto';
import type { Client, CombinedError } from '@urql/core';
import { describe, expect, it } from 'vitest';
import {
  ClientChanges,
  ClientMe,
  ClientRename,
  ClientSignIn,
  ClientUsers,
  newsIn,
  nodeOf,
  tokensIn,
} from '../support/client-documents.ts';
import type { Session } from '../support/clients/session.ts';
import { createStreamingUrqlClient, createUrqlClient } from '../support/clients/urql.ts';
import { useListeningApp } from '../support/listening-app.ts';
import { createMessageQueue } from '../support/message-queue.ts';
import { globalId, signUpAdmin } from '../support/people.ts';

const clients: [transport: string, create: (url: string, session: Session) => Client][] = [
  ['a WebSocket', createUrqlClient],
  ['event streams', createStreamingUrqlClient],
];

describe.each(clients)('urql that subscribes over %s', (_transport, create) => {
  const testApp = useListeningApp();

  it('signs in, asks, changes something and follows it', async () => {
    const admin = await signUpAdmin(testApp);
    const session: Session = { tokens: null };
    const client = create(`${testApp.url}/graphql`, session);

    const { email, password } = admin;
    const signIn = await client.mutation(nodeOf(ClientSignIn), { input: { email, password } });
    session.tokens = tokensIn(signIn.data);
    const { data: mine } = await client.query(nodeOf(ClientMe), {});
    expect(mine?.me).toMatchObject({ id: admin.id, displayName: 'Root Admin' });
    const { data: all } = await client.query(nodeOf(ClientUsers), {});
    expect(all?.users?.nodes).toMatchObject([{ id: admin.id, displayName: 'Root Admin' }]);

    const news = createMessageQueue<string | undefined>();
    const following = client
      .subscription(nodeOf(ClientChanges), { id: admin.id })
      .subscribe(({ data }) => news.push(newsIn(data)));
    expect(await news.next()).toBe('StreamCaughtUp');
    await client.mutation(nodeOf(ClientRename), { input: { displayName: 'Augusta' } });
    while ((await news.next()) !== 'Augusta');
    following.unsubscribe();
  });

  it('tells the code of what is refused', async () => {
    const client = create(`${testApp.url}/graphql`, { tokens: null });
    const refusals = createMessageQueue<CombinedError | undefined>();
    client.query(nodeOf(ClientUsers), {}).subscribe(({ error }) => refusals.push(error));
    const variables = { id: globalId('User', randomUUID()) };
    const changes = client.subscription(nodeOf(ClientChanges), variables);
    changes.subscribe(({ error }) => refusals.push(error));
    const graphQLErrors = [{ extensions: { code: 'UNAUTHENTICATED' } }];
    expect(await refusals.next()).toMatchObject({ graphQLErrors });
    expect(await refusals.next()).toMatchObject({ graphQLErrors });
  });
});
