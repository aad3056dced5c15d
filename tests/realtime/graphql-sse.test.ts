import { type Client, type ClientOptions, createClient, NetworkError } from 'graphql-sse';
import { beforeEach, describe, expect, it } from 'vitest';
import { encodeEventCursor, logStart } from '../../src/platform/event-log/cursor.ts';
import { ClientChanges, ClientMe, ClientSignIn } from '../support/client-documents.ts';
import { type ListeningApp, useListeningApp } from '../support/listening-app.ts';
import { type Person, signUp } from '../support/people.ts';
import { rename, settle, UserStream } from '../support/user-stream.ts';

type Variables = Record<string, unknown>;

/** Makes a client in its distinct connections mode, which is what the server speaks. */
function clientOf(
  { url }: ListeningApp,
  { accessToken }: Partial<Person> = {},
  options: Partial<ClientOptions> = {},
): Client {
  const headers = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
  return createClient({ url: `${url}/graphql`, headers, retryAttempts: 0, ...options });
}

/** Gathers all that a client is answered, up to the end. */
async function answersTo(client: Client, query: unknown, variables: Variables = {}) {
  const answers = [];
  for await (const answer of client.iterate({ query: String(query), variables })) {
    answers.push(answer);
  }
  return answers;
}

describe('graphql-sse', () => {
  const testApp = useListeningApp();
  let ada: Person;
  beforeEach(async () => {
    ada = await signUp(testApp, 'Ada');
  });

  it('is answered a query', async () => {
    expect(await answersTo(clientOf(testApp, ada), ClientMe)).toEqual([
      { data: { me: { id: ada.id, displayName: 'Ada' } } },
    ]);
  });

  it('is answered a mutation', async () => {
    const input = { email: ada.email, password: ada.password };
    expect(await answersTo(clientOf(testApp), ClientSignIn, { input })).toMatchObject([
      { data: { signIn: { user: { id: ada.id } } } },
    ]);
  });

  it.each([
    ['a subscription of a stranger', 'UNAUTHENTICATED', ClientChanges, {}],
    ['a subscription to nobody', 'BAD_USER_INPUT', ClientChanges, { id: 'nobody' }],
    ['a variable that is missing', 'BAD_USER_INPUT', ClientChanges, { id: null }],
    ['a syntax error', 'GRAPHQL_PARSE_FAILED', '{', {}],
    ['a field that there is not', 'GRAPHQL_VALIDATION_FAILED', '{ nobody }', {}],
    [
      'two operations and none named',
      'OPERATION_RESOLUTION_FAILURE',
      'query A { me { id } } query B { me { id } }',
      {},
    ],
  ])('is told in the stream of %s: %s', async (_what, code, query, variables) => {
    const said: unknown[] = [];
    const client = clientOf(testApp, {}, { on: { message: (message) => said.push(message) } });
    await answersTo(client, query, { id: ada.id, ...variables });
    const errors = [expect.objectContaining({ extensions: { code } })];
    expect(said).toEqual([
      { event: 'next', data: { errors } },
      { event: 'complete', data: null },
    ]);
  });

  it.each([['a token that does not hold', 401, '{ __typename }', { accessToken: 'stale' }]])(
    'is told by the status of %s: %d',
    async (_what, status, query, asker) => {
      const failure: unknown = await answersTo(clientOf(testApp, asker), query).catch(
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(NetworkError);
      expect(failure).toMatchObject({ response: { status } });
    },
  );

  it('is told what was missed, and then what happens', async () => {
    await settle(testApp, ada);
    const variables = { id: ada.id, after: encodeEventCursor(logStart) };
    const stream = clientOf(testApp, ada).iterate({ query: UserStream.toString(), variables });
    const next = async () => (await stream.next()).value?.data?.userChanged;
    expect(await next()).toMatchObject({ replayed: true, event: { change: 'CREATED' } });
    expect(await next()).toMatchObject({ replayed: true, event: { change: 'UPDATED' } });
    expect(await next()).toMatchObject({ __typename: 'StreamCaughtUp' });
    await rename(testApp, ada, 'Augusta');
    expect(await next()).toMatchObject({
      replayed: false,
      event: { change: 'UPDATED', user: { displayName: 'Augusta' } },
    });
    await stream.return?.();
  });
});

describe('graphql-sse that may hold one stream', () => {
  const testApp = useListeningApp({ CLIENT_LIVE_CONNECTIONS: '1' });

  it('leaves nothing behind when it leaves in the middle of a stream', async () => {
    const ada = await signUp(testApp, 'Ada');
    const request = { query: ClientChanges.toString(), variables: { id: ada.id } };
    const refused = clientOf(testApp, ada);
    for (let times = 0; times < 3; times++) {
      const stream = clientOf(testApp, ada).iterate(request);
      await stream.next();
      await expect(answersTo(refused, request.query, request.variables)).rejects.toMatchObject({
        response: { status: 429 },
      });
      testApp.logged.lines.splice(0);
      await stream.return?.();
      expect(await testApp.logged.line('stream')).toMatchObject({ outcome: 'ended' });
    }
  });
});
