import { describe, expect, it } from 'vitest';
import { hostileDocuments } from '../support/hostile-documents.ts';
import { type Person, signUp, signUpAdmin } from '../support/people.ts';
import { postGraphql } from '../support/raw-request.ts';
import { useTestApp } from '../support/test-app.ts';
import { type HeaderList, useTwoWays, type WrittenRequest } from '../support/two-ways.ts';

const limit = 1024 * 1024;
const testApp = useTestApp({ TRUSTED_PROXY_HOPS: '1', CORS_ORIGINS: 'https://app.example.com' });
const ways = useTwoWays(testApp);

const json: HeaderList = [['Content-Type', 'application/json']];
const whole = { query: '{ __typename }' };
const me = { query: '{ me { id email displayName roles { key } } }' };
const bearer = ({ accessToken }: Person) => ['Authorization', `Bearer ${accessToken}`] as const;

/** Sends a request both ways, and expects the same of either; tells whether one was the short one. */
async function compare(request: WrittenRequest, headers: HeaderList = json): Promise<boolean> {
  const before = ways.taken();
  const { short, long } = await ways.send({ ...request, headers });
  expect(short).toEqual(long);
  return ways.taken() > before;
}

const post = (body: unknown, headers: HeaderList = json) =>
  compare({ body: typeof body === 'string' ? body : JSON.stringify(body) }, headers);

describe('a plain POST, answered the short way as the long way,', () => {
  it('knows who calls', async () => {
    const ada = await signUp(testApp, 'Ada');
    const root = await signUpAdmin(testApp);
    const authorizations = [
      ...[`Bearer ${ada.accessToken}`, `Bearer ${root.accessToken}`],
      ...[`bEARER  ${ada.accessToken} `, `Bearer ${ada.accessToken}x`],
      ...[`Bearer ${ada.refreshToken}`, 'Bearer', 'Bearer ', 'Basic YTpi', ''],
    ];
    const users = { query: '{ users(first: 2) { nodes { id email } } }' };
    for (const authorization of authorizations) {
      for (const body of [me, users]) {
        expect(await post(body, [...json, ['Authorization', authorization]])).toBe(true);
      }
    }
  });

  it('knows that a session has ended', async () => {
    const ada = await signUp(testApp, 'Ada');
    const authorization = `Bearer ${ada.accessToken}`;
    await postGraphql(testApp, { query: 'mutation { signOut { __typename } }' }, { authorization });
    expect(await post(me, [...json, bearer(ada)])).toBe(true);
  });

  it.each([
    [whole],
    [{ query: 'query A { a: __typename } query B { b: __typename }', operationName: 'B' }],
    [{ query: 'query ($n: Int!) { users(first: $n) { nodes { id } } }', variables: { n: 1 } }],
    [{ query: 'query ($n: Int!) { users(first: $n) { nodes { id } } }', variables: { n: 'x' } }],
    [{ query: 'query A { __typename } query B { __typename }' }],
    [{ query: '{' }],
    [{ query: '' }],
    [{ query: '{ nobody anybody }' }],
    [{ query: '{ node(id: "x") { id } }' }],
    [{ query: 'subscription { events { __typename } }' }],
    [
      {
        query:
          'mutation { signIn(input: { email: "a@example.com", password: "xyz" }) { __typename ... on Error { code message } } }',
      },
    ],
    [
      {
        query:
          'mutation { signIn(input: { email: "no address", password: "" }) { __typename ... on ValidationError { issues { path code } } } }',
      },
    ],
    [
      {
        query:
          'mutation { refreshSession(input: { refreshToken: "x" }) { __typename ... on Error { code } } }',
      },
    ],
    [
      {
        query:
          'mutation { signIn(input: { email: "a@b.example", password: "x", delivery: COOKIE }) { __typename } }',
      },
    ],
    [{ ...whole, unknown: 1, extensions: { a: 1 }, variables: null, operationName: null }],
    ['{"query":"{ __typename }","__proto__":{"query":"{ me { id } }"}}'],
    [{ query: '{ me { displayName } } # ünïcode 💫', variables: { a: 'é' } }],
  ])('answers %j', async (body) => {
    expect(await post(body)).toBe(true);
  });

  it.each(hostileDocuments.map(([name, query]) => [name, query]))(
    'refuses a document with too many %s',
    async (_name, query) => {
      expect(await post({ query })).toBe(true);
    },
  );

  it.each([
    '*/*',
    'application/json',
    'application/graphql-response+json',
    'application/graphql-response+json, application/json',
    'application/graphql-response+json,application/json;q=0.9',
    'application/graphql-response+json; charset=utf-8, application/json; charset=utf-8',
  ])('writes what is taken: %s', async (accept) => {
    for (const body of [whole, { query: '{ nobody }' }, { query: '{' }]) {
      expect(await post(body, [...json, ['Accept', accept]])).toBe(true);
    }
  });

  it('hides what fails', async () => {
    const ada = await signUp(testApp, 'Ada');
    const { prisma } = testApp.database;
    await prisma.$executeRaw`ALTER TABLE message RENAME TO message_away`;
    try {
      const query = '{ messages(channel: "broadcast") { nodes { id } } }';
      expect(await post({ query }, [...json, bearer(ada)])).toBe(true);
    } finally {
      await prisma.$executeRaw`ALTER TABLE message_away RENAME TO message`;
    }
  });

  it('forgets a request whose client leaves in the middle', async () => {
    const told = testApp.logged.lines.length;
    await ways.breakOff(
      'POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:4000\r\n'.concat(
        'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"query":"{ __typ',
      ),
    );
    expect(await post(whole)).toBe(true);
    const worse = testApp.logged.lines.slice(told).filter(({ level }) => Number(level) > 30);
    expect(worse).toEqual([]);
  });

  it('counts the operations of its client', async () => {
    const headers: HeaderList = [...json, ['X-Forwarded-For', '198.51.100.7, 203.0.113.9']];
    expect(await post(whole, headers)).toBe(true);
    const [first, second] = testApp.logged.lines.filter(({ msg }) => msg === 'operation').slice(-2);
    const { requestId: _, durationMs: __, time: ___, ...told } = first ?? {};
    expect(second).toMatchObject(told);
  });
});

describe('a request that is not plain is answered the long way:', () => {
  it.each<[string, WrittenRequest['body']]>([
    ['nothing', ''],
    ['half an object', '{"query":"{ secret'],
    ['null', 'null'],
    ['a number', '5'],
    ['a text', '"text"'],
    ['a list', JSON.stringify([whole, whole])],
    ['an empty list', '[]'],
    ['no query', '{}'],
    ['a number as query', '{"query":5}'],
    ['a list as variables', '{"query":"{ __typename }","variables":[]}'],
    ['a text as extensions', '{"query":"{ __typename }","extensions":"x"}'],
    ['a mark of the order of bytes', `\uFEFF${JSON.stringify(whole)}`],
  ])('a body with %s', async (_title, body) => {
    for (const accept of ['*/*', 'application/json', 'application/graphql-response+json']) {
      expect(await compare({ body: body ?? '' }, [...json, ['Accept', accept]])).toBe(false);
    }
  });

  it('a body that is no UTF-8, in either way', async () => {
    const body = Buffer.from('{"query":"{ __typename } # \xff\xfe"}', 'latin1');
    await compare({ body });
  });

  it.each<[string, HeaderList]>([
    ['another type', [['Content-Type', 'text/plain']]],
    ['no type', []],
    ['two types', [...json, ...json]],
    ['a type in capitals', [['Content-Type', 'Application/JSON']]],
    ['a type with another charset', [['Content-Type', 'application/json; charset=latin1']]],
    ['a packed body', [...json, ['Content-Encoding', 'gzip']]],
    ['a body in pieces', [...json, ['Transfer-Encoding', 'chunked']]],
    ['a page of this site', [...json, ['Origin', 'http://localhost:4000']]],
    ['a page that is trusted', [...json, ['Origin', 'https://app.example.com']]],
    ['a page of somebody else', [...json, ['Origin', 'https://evil.example']]],
    ['a page without a name', [...json, ['Origin', 'null']]],
    ['a browser that sends no origin', [...json, ['Sec-Fetch-Site', 'cross-site']]],
    ['cookies', [...json, ['Cookie', 'latchkey-access=x; latchkey-refresh=y']]],
    ['the header of cookies', [...json, ['X-Latchkey-CSRF', '1']]],
    ['a stream', [...json, ['Accept', 'text/event-stream']]],
    ['a page', [...json, ['Accept', 'text/html']]],
    ['an image', [...json, ['Accept', 'image/png']]],
    ['an empty wish', [...json, ['Accept', '']]],
    ['two tokens', [...json, ['Authorization', 'Bearer a'], ['Authorization', 'Bearer b']]],
    [
      'two addresses',
      [...json, ['X-Forwarded-For', '192.0.2.1'], ['X-Forwarded-For', '192.0.2.2']],
    ],
    ['another host', [...json, ['Host', 'evil.example']]],
    ['a host that is none', [...json, ['Host', 'x/outbox?']]],
    ['an expectation', [...json, ['Expect', 'something']]],
  ])('%s', async (_title, headers) => {
    const body = headers.some(([name]) => name === 'Transfer-Encoding')
      ? `${JSON.stringify(whole).length.toString(16)}\r\n${JSON.stringify(whole)}\r\n0\r\n\r\n`
      : JSON.stringify(whole);
    expect(await compare({ body }, headers)).toBe(false);
  });

  it.each([
    'GET /graphql?query={__typename}',
    'GET /graphql',
    'HEAD /graphql',
    'OPTIONS /graphql',
    'PUT /graphql',
    'POST /graphql?x',
    'POST /graphql/',
    'POST //graphql',
    'POST /GraphQL',
    'POST http://127.0.0.1:4000/graphql',
    'POST /',
  ])('%s', async (target) => {
    expect(await compare({ target, body: JSON.stringify(whole) })).toBe(false);
  });

  it('a body that is larger than is read', async () => {
    const padded = (bytes: number) => {
      const body = JSON.stringify({ ...whole, extensions: { padding: '#' } });
      return body.replace('#', 'x'.repeat(bytes - body.length + 1));
    };
    expect(await compare({ body: padded(limit) })).toBe(true);
    expect(await compare({ body: padded(limit + 1) })).toBe(false);
    for (const length of ['-1', '1e3', '5, 6', '0x10']) {
      expect(await compare({ body: '{}' }, [...json, ['Content-Length', length]])).toBe(false);
    }
  });
});
