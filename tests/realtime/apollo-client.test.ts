import { readFileSync } from 'node:fs';
import { buildSchema, isAbstractType } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
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
import { createApolloClient } from '../support/clients/apollo.ts';
import type { Session } from '../support/clients/session.ts';
import { useListeningApp } from '../support/listening-app.ts';
import { createMessageQueue } from '../support/message-queue.ts';
import { type Person, signUpAdmin } from '../support/people.ts';

/** Lists what implements or belongs to which type, as `fragment-matcher` of GraphQL Codegen does. */
const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
const possibleTypes = Object.fromEntries(
  Object.values(schema.getTypeMap())
    .filter(isAbstractType)
    .map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
);

describe('Apollo Client', () => {
  const testApp = useListeningApp();
  let admin: Person;
  const session: Session = { tokens: null };
  beforeEach(async () => {
    admin = await signUpAdmin(testApp);
    session.tokens = null;
  });

  const createClient = () => createApolloClient(`${testApp.url}/graphql`, session, possibleTypes);
  const signIn = (password: string) => ({
    mutation: nodeOf(ClientSignIn),
    variables: { input: { email: admin.email, password } },
  });

  it('signs in, asks, changes something and follows it', async () => {
    const client = createClient();
    session.tokens = tokensIn((await client.mutate(signIn(admin.password))).data);
    const { data: mine } = await client.query({ query: nodeOf(ClientMe) });
    expect(mine?.me).toMatchObject({ id: admin.id, displayName: 'Root Admin' });
    const { data: all } = await client.query({ query: nodeOf(ClientUsers) });
    expect(all?.users?.nodes).toMatchObject([{ id: admin.id, displayName: 'Root Admin' }]);

    const news = createMessageQueue<string | undefined>();
    const following = client
      .subscribe({ query: nodeOf(ClientChanges), variables: { id: admin.id } })
      .subscribe(({ data }) => news.push(newsIn(data)));
    expect(await news.next()).toBe('StreamCaughtUp');
    const variables = { input: { displayName: 'Augusta' } };
    await client.mutate({ mutation: nodeOf(ClientRename), variables });
    while ((await news.next()) !== 'Augusta');
    following.unsubscribe();
    client.stop();
  });

  it('reads the errors of a mutation', async () => {
    const { data } = await createClient().mutate(signIn('another password'));
    expect(data?.signIn).toMatchObject({ code: 'INVALID_CREDENTIALS' });
  });

  it('throws what is at the top level of an answer', async () => {
    const asked = createClient().query({ query: nodeOf(ClientUsers), variables: { first: 1 } });
    await expect(asked).rejects.toMatchObject({
      name: 'CombinedGraphQLErrors',
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });
});
