import { describe, expect, it } from 'vitest';
import { askOn, by, codesBy, useAttackedApp } from '../support/attacked-app.ts';
import type { Question, TransportName } from '../support/transport.ts';
import { transports } from '../support/transports.ts';

const trusted = 'https://app.example.com';
const app = useAttackedApp({ CORS_ORIGINS: trusted });

const whole = { query: '{ __typename }' };
const whoever = () => ({ __typename: 'Query' });
const only = (...names: TransportName[]) => transports.filter(({ name }) => names.includes(name));
const bodies = only('POST', 'Event stream by POST', 'WebSocket');
const addresses = only('GET', 'Event stream by GET');

/** JSON that cannot be written as a literal: such keys would set the prototype there. */
const parsed = (text: string): Question => JSON.parse(text);

describe('a request in JSON', () => {
  it.each<[string, unknown]>([
    ['no query', {}],
    ['null as query', { query: null }],
    ['a number as query', { query: 5 }],
    ['a list as query', { query: ['{ __typename }'] }],
    ['a parsed document', { query: { kind: 'Document', definitions: [] } }],
    ['a query that is inherited', parsed('{"__proto__":{"query":"{ __typename }"}}')],
    ['a number as variables', { ...whole, variables: 5 }],
    ['a text as variables', { ...whole, variables: '{}' }],
    ['a list as variables', { ...whole, variables: [] }],
    ['a number as operationName', { ...whole, operationName: 5 }],
    ['an object as operationName', { ...whole, operationName: { toString: 'x' } }],
    ['a text as extensions', { ...whole, extensions: 'x' }],
    ['a list as extensions', { ...whole, extensions: [] }],
    ['two requests', [whole, whole]],
    ['no requests', []],
    ['10,000 requests', Array.from({ length: 10_000 }, () => 0)],
  ])('is refused with %s: BAD_REQUEST', async (_description, request) => {
    const answers = await askOn(bodies, app, request as Question);
    expect(codesBy(answers)).toEqual(by(answers, () => ['BAD_REQUEST']));
    expect(by(answers, ({ data }) => data)).toEqual(by(answers, () => undefined));
  });

  it.each<[string, Question]>([
    ['properties of others', { ...whole, documentId: 'x', onError: 'NULL' } as Question],
    [
      'names of prototypes',
      parsed('{"query":"{ __typename }","__proto__":{"a":1},"constructor":{"prototype":{"a":1}}}'),
    ],
    [
      'names of prototypes as variables',
      parsed(
        '{"query":"{ __typename }","variables":{"__proto__":{"a":1},"constructor":1,"hasOwnProperty":1}}',
      ),
    ],
    [
      'names of prototypes as extensions',
      parsed('{"query":"{ __typename }","extensions":{"__proto__":{"a":1}}}'),
    ],
    ['variables that nobody declared', { ...whole, variables: { a: [1], b: { c: 1 } } }],
    ['null for all else', { ...whole, variables: null, operationName: null, extensions: null }],
  ])('is answered with %s', async (_description, request) => {
    const answers = await askOn(bodies, app, request);
    expect(by(answers, ({ data, codes }) => ({ data, codes }))).toEqual(
      by(answers, () => ({ data: whoever(), codes: [] })),
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('a request in an address', () => {
  it.each<[string, Question]>([
    ['no query', {}],
    ['an empty query', { query: '' }],
    ['variables that are no JSON', { ...whole, variables: '{' }],
    ['a list as variables', { ...whole, variables: '[]' }],
    ['a number as variables', { ...whole, variables: '5' }],
    ['a text as variables', { ...whole, variables: '"x"' }],
    ['extensions that are no JSON', { ...whole, extensions: 'x' }],
    ['a list as extensions', { ...whole, extensions: '[]' }],
  ])('is refused with %s: BAD_REQUEST', async (_description, request) => {
    const answers = await askOn(addresses, app, request);
    expect(codesBy(answers)).toEqual(by(answers, () => ['BAD_REQUEST']));
  });
});

describe('a page', () => {
  it.each([
    ['of another site', { origin: 'https://evil.example.com' }],
    ['of a site whose name begins alike', { origin: `${trusted}.evil.example` }],
    ['of another port', { origin: `${trusted}:8443` }],
    ['without TLS', { origin: 'http://app.example.com' }],
    ['in a sandbox', { origin: 'null' }],
    ['that is any', { origin: '*' }],
    ['that does not tell', { origin: '' }],
    ['of another site that names no origin', { 'sec-fetch-site': 'cross-site' }],
    ['of a neighbouring site that names no origin', { 'sec-fetch-site': 'same-site' }],
  ])('%s may not call on any transport: ORIGIN_NOT_ALLOWED', async (_description, headers) => {
    const { authorization } = app;
    const answers = await askOn(transports, app, whole, { authorization, headers: { ...headers } });
    expect(by(answers, ({ codes, status }) => ({ codes, status }))).toEqual(
      by(answers, () => ({ codes: ['ORIGIN_NOT_ALLOWED'], status: 403 })),
    );
  });

  it.each([
    ['that is trusted', () => ({ origin: trusted })],
    ['of this server', () => ({ origin: app.url })],
    ['of this server that names no origin', () => ({ 'sec-fetch-site': 'same-origin' })],
  ])('%s may call on every transport', async (_description, headers) => {
    const answers = await askOn(transports, app, whole, { headers: { ...headers() } });
    expect(by(answers, ({ data }) => data)).toEqual(by(answers, whoever));
  });
});
