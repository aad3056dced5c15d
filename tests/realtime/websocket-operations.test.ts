import { beforeEach, describe, expect, it } from 'vitest';
import { useListeningApp } from '../support/listening-app.ts';
import { type Person, signUp } from '../support/people.ts';
import { codesIn, openConversation, type ProtocolSocket } from '../support/socket-client.ts';

const testApp = useListeningApp();

let ada: Person;
let socket: ProtocolSocket;
beforeEach(async () => {
  ada = await signUp(testApp);
  socket = await openConversation(testApp, { token: ada.accessToken });
  return () => socket.close();
});

const whole = { query: '{ __typename }' };
const typename = { data: { __typename: 'Query' } };

describe('an operation', () => {
  it('that is a query is answered once', async () => {
    expect(
      await socket.ask(
        'query ($yes: Boolean!) { me @include(if: $yes) { id } }',
        { yes: true },
        '7',
      ),
    ).toEqual([
      { id: '7', type: 'next', payload: { data: { me: { id: ada.id } } } },
      { id: '7', type: 'complete' },
    ]);
  });

  it('that is a mutation takes effect', async () => {
    const mutation =
      'mutation { updateProfile(input: { displayName: "Augusta" }) { ... on User { displayName } } }';
    const answer = { data: { updateProfile: { displayName: 'Augusta' } } };
    expect(await socket.askOnce(mutation)).toEqual(answer);
    expect(await socket.askOnce('{ me { displayName } }')).toEqual({
      data: { me: { displayName: 'Augusta' } },
    });
  });

  it('may be that a stranger signs in', async () => {
    const stranger = await openConversation(testApp);
    const { email, password } = ada;
    const answer = await stranger.askOnce(
      'mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }',
      { input: { email, password } },
    );
    expect(answer).toEqual({ data: { signIn: { __typename: 'AuthPayload' } } });
    expect(await stranger.askOnce('{ me { id } }')).toEqual({ data: { me: null } });
    stranger.close();
  });

  it('is chosen by its name', async () => {
    const payload = {
      query: 'query A { a: __typename } query B { b: __typename }',
      operationName: 'B',
    };
    socket.send({ type: 'subscribe', id: '1', payload });
    expect(await socket.nextOf('1')).toMatchObject({ payload: { data: { b: 'Query' } } });
  });

  it('may carry what nobody knows', async () => {
    const payload = { ...whole, variables: null, operationName: null, extensions: {}, more: 1 };
    socket.send({ type: 'subscribe', id: '1', payload, more: 1 });
    expect(await socket.nextOf('1')).toEqual({ id: '1', type: 'next', payload: typename });
  });

  it('tells what could not be answered along with what could', async () => {
    const query = '{ me { id } user(id: "x") { id } }';
    expect(await socket.askOnce(query)).toMatchObject({
      data: { me: { id: ada.id }, user: null },
      errors: [{ path: ['user'], extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });
});

describe('an operation that is refused ends alone', () => {
  it.each([
    ['no GraphQL', '{ me', 'GRAPHQL_PARSE_FAILED'],
    ['nothing', '', 'GRAPHQL_PARSE_FAILED'],
    ['what the schema does not have', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'two operations and no name',
      'query A { __typename } query B { __typename }',
      'OPERATION_RESOLUTION_FAILURE',
    ],
    ['a variable that is missing', 'query ($id: ID!) { user(id: $id) { id } }', 'BAD_USER_INPUT'],
    ['a long document', `# ${'x'.repeat(33_000)}\n{ __typename }`, 'DOCUMENT_SIZE_LIMIT_EXCEEDED'],
  ])('for it is or has %s', async (_description, query, code) => {
    const said = await socket.ask(query, {}, '1');
    expect(said).toEqual([{ id: '1', type: 'error', payload: [expect.any(Object)] }]);
    expect(codesIn(said[0])).toEqual([code]);
    expect(JSON.stringify(said)).not.toContain('"http"');
    expect(await socket.askOnce('{ __typename }')).toEqual(typename);
  });

  it.each([
    ['no payload', undefined],
    ['null as payload', null],
    ['a text as payload', '{ secret }'],
    ['a list as payload', [whole]],
    ['no query', {}],
    ['null as query', { query: null }],
    ['a number as query', { query: 5 }],
    ['a parsed document as query', { query: { kind: 'Document', definitions: ['secret'] } }],
    ['a list as variables', { ...whole, variables: ['secret'] }],
    ['a text as variables', { ...whole, variables: '{"secret":1}' }],
    ['a number as operationName', { ...whole, operationName: 5 }],
    ['a text as extensions', { ...whole, extensions: 'secret' }],
  ])('for it has %s: BAD_REQUEST', async (_description, payload) => {
    socket.send({ type: 'subscribe', id: '1', payload });
    const error = await socket.nextOf('1');
    expect(codesIn(error)).toEqual(['BAD_REQUEST']);
    expect(Object.keys(Object(error.payload)[0])).toEqual(['message', 'extensions']);
    expect(JSON.stringify(error)).not.toMatch(/secret|"http"/);
    expect(await socket.askOnce('{ __typename }')).toEqual(typename);
  });

  it('among others that run', async () => {
    const answers = [
      socket.ask('{ me { id } }', {}, 'good'),
      socket.ask('{ nothing }', {}, 'bad'),
      socket.ask('{ __typename }', {}, 'other'),
    ];
    const [good, bad, other] = await Promise.all(answers);
    expect(good?.map(({ type }) => type)).toEqual(['next', 'complete']);
    expect(bad?.map(({ type }) => type)).toEqual(['error']);
    expect(other?.map(({ type }) => type)).toEqual(['next', 'complete']);
  });
});

const nested = '['.repeat(60_000) + ']'.repeat(60_000);

describe('a message', () => {
  it.each([
    ['nothing', ''],
    ['no JSON', '{ secret'],
    ['null', 'null'],
    ['a number', '5'],
    ['a list', '[{"type":"ping"}]'],
    ['no type', '{}'],
    ['a type that is no text', '{"type":{}}'],
    ['an unknown type', '{"type":"start","id":"1"}'],
    ['a type of servers', '{"type":"connection_ack"}'],
    ['an answer', '{"type":"next","id":"1","payload":{"data":{}}}'],
    ['an error', '{"type":"error","id":"1","payload":[{"message":"x"}]}'],
    ['a ping with a text', '{"type":"ping","payload":"x"}'],
    ['an operation without an id', '{"type":"subscribe","payload":{"query":"{ __typename }"}}'],
    [
      'an operation with an empty id',
      '{"type":"subscribe","id":"","payload":{"query":"{ __typename }"}}',
    ],
    [
      'an operation with a number as id',
      '{"type":"subscribe","id":1,"payload":{"query":"{ __typename }"}}',
    ],
    [
      'an operation with a long id',
      `{"type":"subscribe","id":"${'x'.repeat(129)}","payload":{"query":"{ __typename }"}}`,
    ],
    ['an end without an id', '{"type":"complete"}'],
    ['deeply nested lists', nested],
    ['a ping with deeply nested lists', `{"type":"ping","payload":{"a":${nested}}}`],
  ])('that is or has %s closes the socket: 4400', async (_description, message) => {
    socket.send(message);
    expect(await socket.closed).toEqual({ code: 4400, reason: 'Invalid message received' });
    const mistakes = testApp.logged.lines.filter(({ level }) => Number(level) >= 50);
    expect(mistakes).toEqual([]);
  });

  it('in binary closes the socket: 4400', async () => {
    socket.webSocket.send(Buffer.from('{"type":"ping"}'));
    expect(await socket.closed).toMatchObject({ code: 4400 });
  });

  it('that ends an operation which is unknown or over is ignored', async () => {
    socket.send({ type: 'complete', id: 'never begun' });
    await socket.ask('{ __typename }', {}, '1');
    socket.send({ type: 'complete', id: '1' });
    socket.send({ type: 'pong' });
    socket.send({ type: 'ping', payload: { at: 1 } });
    expect(await socket.next()).toEqual({ type: 'pong', payload: { at: 1 } });
  });
});
