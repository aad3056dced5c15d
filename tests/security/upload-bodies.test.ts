import { describe, expect, it } from 'vitest';
import { type Person, signUp } from '../support/people.ts';
import { bodyOf, codeOf, fetchFrom, type RawAnswer } from '../support/raw-request.ts';
import { useTestApp } from '../support/test-app.ts';

const fileBytes = 65_536;
const testApp = useTestApp({
  UPLOAD_MAX_BYTES: String(fileBytes),
  REQUEST_BODY_BYTES: '8192',
  GRAPHQL_MAX_DOCUMENT_BYTES: '1024',
});

const boundary = 'xYzZY';
const query = 'mutation ($file: File!) { uploadAvatar(file: $file) { __typename } }';
const operations = JSON.stringify({ query, variables: { file: null } });
const map = '{"0":["variables.file"]}';

const part = (name: string, content: string, more = '') =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${content}\r\n`;
const file = (content = 'x', name = '0') =>
  part(name, content, '; filename="a.png"\r\nContent-Type: image/png');
const end = `--${boundary}--\r\n`;
const bodyWith = (given: { operations?: string; map?: string }) =>
  part('operations', given.operations ?? operations) + part('map', given.map ?? map) + file() + end;
const whole = bodyWith({});

const post = (person: Person, body: string, type = `multipart/form-data; boundary=${boundary}`) =>
  fetchFrom(testApp, '/graphql', {
    method: 'POST',
    headers: { 'content-type': type, authorization: `Bearer ${person.accessToken}` },
    body: Buffer.from(body, 'latin1'),
  });

const refusalOf = (answer: RawAnswer) => ({ status: answer.status, codes: codeOf(answer) });
const badRequest = { status: 400, codes: ['BAD_REQUEST'] };

/** Names that would lead to prototypes, and paths that lead nowhere. */
const hostilePaths = [
  '__proto__',
  '__proto__.file',
  'constructor.prototype.file',
  'variables.__proto__',
  'variables.constructor',
  'variables.toString',
  'variables.__proto__.file',
  'variables.file.0',
  'variables.other',
  'variables.',
  'variables',
  'file',
  'query',
  '0.variables.file',
  'variables.file\u0000',
  ' variables.file',
  '',
];

describe('a body of multipart/form-data', () => {
  it('is an operation and its file', async () => {
    const answer = await post(await signUp(testApp), whole);
    expect(bodyOf(answer)).toEqual({
      data: { uploadAvatar: { __typename: 'UploadRejectedError' } },
    });
    expect(answer.headers.get('connection')).toBeNull();
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['an end alone', end],
    ['no part', `--${boundary}\r\n`],
    ['text', 'nothing of a form'],
    ['JSON', operations],
    ['another boundary', whole.replaceAll(boundary, 'other')],
    ['no operations', part('map', map) + file() + end],
    ['no map', part('operations', operations) + file() + end],
    ['no file', part('operations', operations) + part('map', map) + end],
    ['a file as text', part('operations', operations) + part('map', map) + part('0', 'x') + end],
    ['the file first', file() + part('operations', operations) + part('map', map) + end],
    ['the file second', part('operations', operations) + file() + part('map', map) + end],
    ['operations twice', part('operations', operations) + whole],
    [
      'the map twice',
      part('operations', operations) + part('map', map) + part('map', map) + file(),
    ],
    ['another field', part('operations', operations) + part('other', map) + file() + end],
    ['two files', bodyWith({}).replace(end, file() + end)],
    ['a field after the file', whole.replace(end, part('more', 'x') + end)],
    [
      'a file of another name',
      part('operations', operations) + part('map', map) + file('x', '1') + end,
    ],
    [
      'a part without a name',
      `${part('operations', operations) + part('map', map)}--${boundary}\r\n\r\nx\r\n${end}`,
    ],
    ['parts without headers', `--${boundary}\r\n\r\n\r\n`.repeat(50) + end],
    ['a header without an end', `--${boundary}\r\nContent-Disposition: form-data; name="`],
    ['a long header', `--${boundary}\r\nX: ${'x'.repeat(7000)}\r\n\r\nx\r\n${end}`],
    ['many headers', `--${boundary}\r\n${'X: x\r\n'.repeat(800)}\r\nx\r\n${end}`],
    ['1,000 parts', `--${boundary}\r\n\r\n`.repeat(1000) + end],
  ])('is refused with %s: BAD_REQUEST', async (_description, body) => {
    const answer = await post(await signUp(testApp), body);
    expect(refusalOf(answer)).toEqual(badRequest);
  });

  it('is refused wherever it breaks off: BAD_REQUEST', { timeout: 20_000 }, async () => {
    const ada = await signUp(testApp);
    for (let length = 1; length < whole.length - '--\r\n'.length; length += 7) {
      const answer = await post(ada, whole.slice(0, length));
      expect({ length, ...refusalOf(answer) }).toEqual({ length, ...badRequest });
    }
  });

  it.each<[string, string]>([
    ['no boundary', 'multipart/form-data'],
    ['an empty boundary', 'multipart/form-data; boundary='],
    ['another boundary', 'multipart/form-data; boundary=other'],
    ['a boundary of 2,000 characters', `multipart/form-data; boundary=${'x'.repeat(2000)}`],
  ])('is refused when its type has %s: BAD_REQUEST', async (_description, type) => {
    const answer = await post(await signUp(testApp), whole, type);
    expect(refusalOf(answer)).toEqual(badRequest);
  });

  it.each<[string, string]>([
    ['no JSON', '{'],
    ['nothing', ''],
    ['null', 'null'],
    ['a text', '"x"'],
    ['a batch', `[${operations}]`],
    ['an empty object', '{}'],
    ['no variables', JSON.stringify({ query })],
    ['variables that are a list', JSON.stringify({ query, variables: [null] })],
    ['no such variable', JSON.stringify({ query, variables: { other: null } })],
    ['a variable that is set', JSON.stringify({ query, variables: { file: 'x' } })],
    [
      'a variable that is inherited',
      `{"query":${JSON.stringify(query)},"variables":{"__proto__":{"file":null}}}`,
    ],
    ['JSON 4,000 deep', `${'['.repeat(4000)}${']'.repeat(4000)}`],
  ])('is refused when the operation is %s: BAD_REQUEST', async (_description, given) => {
    const answer = await post(await signUp(testApp), bodyWith({ operations: given }));
    expect(refusalOf(answer)).toEqual(badRequest);
  });

  it.each<[string, string]>([
    ['no JSON', '{'],
    ['null', 'null'],
    ['a list', '[["variables.file"]]'],
    ['empty', '{}'],
    ['of no path', '{"0":[]}'],
    ['of a text', '{"0":"variables.file"}'],
    ['of a number', '{"0":[0]}'],
    ['of two paths', '{"0":["variables.file","variables.file"]}'],
    ['of two files', '{"0":["variables.file"],"1":["variables.file"]}'],
    ['of another file', '{"1":["variables.file"]}'],
    ['of a prototype', '{"__proto__":["variables.file"]}'],
    ['of 700 files', `{${Array.from({ length: 700 }, (_, at) => `"${at}":[""]`)}}`],
    ...hostilePaths.map((path): [string, string] => [
      `of the path ${JSON.stringify(path)}`,
      JSON.stringify({ 0: [path] }),
    ]),
  ])('is refused when the map is %s: BAD_REQUEST', async (_description, given) => {
    const answer = await post(await signUp(testApp), bodyWith({ map: given }));
    expect(refusalOf(answer)).toEqual(badRequest);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it.each<[string, string, string]>([
    [
      'a long document',
      JSON.stringify({ query: `${query}#${'x'.repeat(2000)}`, variables: { file: null } }),
      'DOCUMENT_SIZE_LIMIT_EXCEEDED',
    ],
    [
      'a list that is long',
      JSON.stringify({ query, variables: { file: null, list: Array(201).fill(0) } }),
      'LIST_SIZE_LIMIT_EXCEEDED',
    ],
    [
      'aliases',
      JSON.stringify({
        query: `mutation ($file: File!) { uploadAvatar(file: $file) { ${'a: __typename '.repeat(31)} } }`,
        variables: { file: null },
      }),
      'ALIAS_LIMIT_EXCEEDED',
    ],
    [
      'a file for a text',
      JSON.stringify({
        query:
          'mutation ($file: String!) { updateProfile(input: { locale: $file }) { __typename } }',
        variables: { file: null },
      }),
      'BAD_USER_INPUT',
    ],
    [
      'a subscription',
      JSON.stringify({
        query: 'subscription ($file: ID!) { userChanged(id: $file) { __typename } }',
        variables: { file: null },
      }),
      'STREAM_REQUIRED',
    ],
  ])('is guarded as any operation is: %s', async (_description, given, code) => {
    const answer = await post(await signUp(testApp), bodyWith({ operations: given }));
    expect(codeOf(answer)).toEqual([code]);
  });

  it.each<[string, string]>([
    [
      'before the file',
      part('operations', operations.replace('mutation', `mutation${' '.repeat(40_000)}`)),
    ],
    ['before the first part', 'x'.repeat(40_000)],
    ['after the file', whole + 'x'.repeat(200_000)],
  ])('is refused with too much %s: REQUEST_ENTITY_TOO_LARGE', async (_description, body) => {
    const answer = await post(await signUp(testApp), body);
    expect(refusalOf(answer)).toEqual({ status: 413, codes: ['REQUEST_ENTITY_TOO_LARGE'] });
  });

  it.each([
    [fileBytes, 'The file must be a JPEG, PNG, WebP, GIF or AVIF.'],
    [fileBytes + 1, 'The file is too large.'],
  ])('has a file of %i bytes: UPLOAD_REJECTED', async (length, message) => {
    const body = whole.replace(file(), file('x'.repeat(length)));
    const asking = body.replaceAll(
      '{ __typename }',
      '{ ... on UploadRejectedError { message maxBytes } }',
    );
    const answer = await post(await signUp(testApp), asking);
    expect(bodyOf(answer).data).toEqual({ uploadAvatar: { message, maxBytes: fileBytes } });
  });

  it('may not be packed: BAD_REQUEST', async () => {
    const { accessToken } = await signUp(testApp);
    const headers = {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-encoding': 'gzip',
      authorization: `Bearer ${accessToken}`,
    };
    const answer = await fetchFrom(testApp, '/graphql', { method: 'POST', headers, body: whole });
    expect(refusalOf(answer)).toEqual({ status: 415, codes: ['BAD_REQUEST'] });
  });
});
