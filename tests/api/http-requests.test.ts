import { describe, expect, it } from 'vitest';
import { bodyOf, codeOf, fetchFrom, postGraphql } from '../support/raw-request.ts';
import { useTestApp } from '../support/test-app.ts';

const testApp = useTestApp();

const get = (parameters: Record<string, string>) =>
  fetchFrom(testApp, `/graphql?${new URLSearchParams(parameters)}`);

const mutation =
  'mutation { signIn(input: { email: "a@example.com", password: "x" }) { __typename } }';

describe('GET /graphql', () => {
  it('answers a query with variables', async () => {
    const answer = await get({
      query:
        'query Both($no: Boolean!) { __typename me @include(if: $no) { id } } query Other { __typename }',
      variables: '{"no":true}',
      operationName: 'Both',
    });
    expect(answer.status).toBe(200);
    expect(bodyOf(answer)).toEqual({ data: { __typename: 'Query', me: null } });
  });

  it('refuses a mutation: 405', async () => {
    const answer = await get({ query: mutation });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
    expect(codeOf(answer)).toEqual(['BAD_REQUEST']);
    expect(bodyOf(answer)).not.toHaveProperty('data');
  });

  it('refuses a mutation that is named among queries: 405', async () => {
    const query = `query Q { __typename } ${mutation.replace('mutation', 'mutation M')}`;
    expect((await get({ query, operationName: 'M' })).status).toBe(405);
    expect((await get({ query, operationName: 'Q' })).status).toBe(200);
  });

  it.each([
    ['no query', {}],
    ['an empty query', { query: '' }],
    ['variables that are no JSON', { query: '{ __typename }', variables: 'secret' }],
    ['variables that are no object', { query: '{ __typename }', variables: '["secret"]' }],
    ['extensions that are no JSON', { query: '{ __typename }', extensions: '{secret' }],
  ])('refuses a request with %s: BAD_REQUEST', async (_description, parameters) => {
    const answer = await get(parameters);
    expect(answer.status).toBe(400);
    expect(codeOf(answer)).toEqual(['BAD_REQUEST']);
    expect(answer.text).not.toContain('secret');
  });
});

describe('another method', () => {
  it.each(['PUT', 'PATCH', 'DELETE'])('is refused: %s', async (method) => {
    const body = JSON.stringify({ query: '{ __typename }' });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetchFrom(testApp, '/graphql', { method, headers, body });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, POST');
    expect(codeOf(answer)).toEqual(['BAD_REQUEST']);
  });
});

describe('POST /graphql', () => {
  const whole = { query: '{ __typename }' };

  it.each([
    ['nothing', ''],
    ['half an object', '{"query":"{ secret'],
    ['no JSON', 'secret'],
    ['null', 'null'],
    ['a number', '5'],
    ['a text', '"secret"'],
    ['no query', {}],
    ['null as query', { query: null }],
    ['a number as query', { query: 5 }],
    ['a list as query', { query: ['secret'] }],
    ['a parsed document', { query: { kind: 'Document', definitions: ['secret'] } }],
    ['a number as variables', { ...whole, variables: 5 }],
    ['a text as variables', { ...whole, variables: '{"secret":1}' }],
    ['a list as variables', { ...whole, variables: ['secret'] }],
    ['a number as operationName', { ...whole, operationName: 5 }],
    ['an object as operationName', { ...whole, operationName: { secret: 1 } }],
    ['a text as extensions', { ...whole, extensions: 'secret' }],
    ['a batch', [whole, whole]],
    ['an empty batch', []],
  ])('refuses a body that is or has %s: BAD_REQUEST', async (_description, body) => {
    for (const accept of ['application/json', 'application/graphql-response+json', '*/*']) {
      const answer = await postGraphql(testApp, body, { accept });
      expect(answer.status).toBe(400);
      expect(codeOf(answer)).toEqual(['BAD_REQUEST']);
      expect(Object.keys(bodyOf(answer))).toEqual(['errors']);
      expect(answer.text).not.toMatch(/secret|stack|node_modules|originalError/);
    }
  });

  it.each([
    ['unknown', { ...whole, secret: 1 }],
    ['without a value', { ...whole, secret: null }],
    ['of objects', '{"query":"{ __typename }","__proto__":{"secret":1}}'],
    ['of another specification', { ...whole, documentId: 'x', onError: 'NULL' }],
  ])('leaves out a property that is %s', async (_description, body) => {
    expect(bodyOf(await postGraphql(testApp, body))).toEqual({ data: { __typename: 'Query' } });
  });

  it.each([
    'text/plain',
    'text/plain; application/json',
    'application/x-www-form-urlencoded',
    'multipart/mixed; boundary=x',
    'application/graphql',
    'application/jsonp',
    '',
  ])('refuses a body of type "%s", which a page of any origin could send: 415', async (type) => {
    const answer = await postGraphql(testApp, 'query={__typename}', { 'content-type': type });
    expect(answer.status).toBe(415);
    expect(codeOf(answer)).toEqual(['BAD_REQUEST']);
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'application/graphql+json'])(
    'accepts a body of type %s',
    async (type) => {
      const answer = await postGraphql(testApp, whole, { 'content-type': type });
      expect(bodyOf(answer)).toEqual({ data: { __typename: 'Query' } });
    },
  );
});

describe('a document', () => {
  it.each([
    ['a syntax error', { query: '{' }, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', { query: '{ nobody }' }, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'no operation',
      { query: 'fragment F on Query { __typename }' },
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'two operations and none named',
      { query: 'query A { __typename } query B { __typename }' },
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'a variable of the wrong type',
      { query: 'query ($id: ID!) { node(id: $id) { id } }', variables: { id: {} } },
      'BAD_USER_INPUT',
    ],
    [
      'a variable missing',
      { query: 'query ($id: ID!) { node(id: $id) { id } }' },
      'BAD_USER_INPUT',
    ],
  ])(
    'with %s is refused with 400 to clients that know the media type: %s',
    async (_description, body, code) => {
      const accept = 'application/graphql-response+json';
      const answer = await postGraphql(testApp, body, { accept });
      expect(answer.status).toBe(400);
      expect(answer.headers.get('content-type')).toBe(`${accept}; charset=utf-8`);
      expect(codeOf(answer)).toEqual([code]);
      expect(bodyOf(answer)).not.toHaveProperty('data');
      expect(codeOf(await postGraphql(testApp, body))).toEqual([code]);
    },
  );
});

describe('a body that is too large', () => {
  const limit = 1024 * 1024;
  const whole = (bytes: number) => {
    const body = JSON.stringify({ query: '{ __typename }', extensions: { padding: '#' } });
    return body.replace('#', 'x'.repeat(bytes - body.length + 1));
  };

  it('is taken up to 1 MiB', async () => {
    expect((await postGraphql(testApp, whole(limit))).status).toBe(200);
  });

  it('is refused by its length: 413', async () => {
    const headers = { 'content-length': String(limit + 1) };
    const answer = await postGraphql(testApp, whole(limit + 1), headers);
    expect(answer.status).toBe(413);
    expect(codeOf(answer)).toEqual(['REQUEST_ENTITY_TOO_LARGE']);
  });

  it('is refused where it grows past it, whatever it said of its length: 413', async () => {
    for (const headers of [{}, { 'content-length': '10' }]) {
      const answer = await postGraphql(testApp, whole(limit + 1), headers);
      expect(answer.status).toBe(413);
      expect(codeOf(answer)).toEqual(['REQUEST_ENTITY_TOO_LARGE']);
    }
  });

  it.each(['-1', '1e3', 'NaN', '5, 6', '0x10'])(
    'is refused with the length %s: 400',
    async (length) => {
      const answer = await postGraphql(testApp, '{}', { 'content-length': length });
      expect(answer.status).toBe(400);
      expect(codeOf(answer)).toEqual(['BAD_REQUEST']);
    },
  );
});

describe('a path that leads nowhere', () => {
  it.each([
    '/',
    '/nothing',
    '/graphql/',
    '/graphql/x',
    '/GRAPHQL',
    '/__proto__',
    '/constructor',
    '//graphql',
    '/assets/',
    '/assets/../package.json',
    '/assets/%2e%2e%2fpackage.json',
    '/.env',
    '/health/',
  ])('is not found: %s', async (path) => {
    const answer = await fetchFrom(testApp, path);
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toEqual({
      code: 'NOT_FOUND',
      message: 'There is nothing here.',
    });
  });
});
