import { describe, expect, it } from 'vitest';
import { production } from '../support/production.ts';
import { bodyOf, fetchFrom, postGraphql } from '../support/raw-request.ts';
import { useTestApp } from '../support/test-app.ts';

const introspections = [
  '{ __schema { types { name } } }',
  '{ __type(name: "User") { fields { name } } }',
  '{ a: __schema { queryType { name } } }',
  'query { ...F } fragment F on Query { ... { __schema { types { name } } } }',
];

describe('in production', () => {
  const testApp = useTestApp(production);

  it.each(introspections)('does not show the schema: %s', async (query) => {
    const answer = await postGraphql(testApp, { query });
    expect(bodyOf(answer)).not.toHaveProperty('data');
    expect(bodyOf(answer).errors?.map(({ extensions }) => extensions?.code)).toContain(
      'GRAPHQL_VALIDATION_FAILED',
    );
  });

  it.each([
    '{ usres { totalCount } }',
    '{ me { emial } }',
    '{ user(idd: 1) { id } }',
    '{ me { ...F } } fragment F on Usr { id }',
  ])('does not help to guess it: %s', async (query) => {
    expect((await postGraphql(testApp, { query })).text).not.toContain('Did you mean');
  });

  it('does not help to guess it in the variables either', async () => {
    const query =
      'mutation ($input: EmailInput!) { resendVerification(input: $input) { __typename } }';
    const answer = await postGraphql(testApp, { query, variables: { input: { emial: 'x' } } });
    expect(bodyOf(answer).errors).not.toEqual([]);
    expect(answer.text).not.toContain('Did you mean');
  });

  it('still tells the name of a type to whoever asks of an object', async () => {
    const answer = await postGraphql(testApp, { query: '{ __typename }' });
    expect(bodyOf(answer)).toEqual({ data: { __typename: 'Query' } });
  });

  it.each(['/outbox', '/outbox?mail=x', '/outbox/frame', '/outbox/frame?mail=x'])(
    'has no %s',
    async (path) => {
      expect((await fetchFrom(testApp, path)).status).toBe(404);
    },
  );

  it('has no GraphiQL and no landing page', async () => {
    const headers = { accept: 'text/html' };
    const answer = await fetchFrom(testApp, '/graphql', { headers });
    expect(answer.text).not.toContain('<');
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });
});

describe('in production with introspection switched on', () => {
  const testApp = useTestApp({ ...production, INTROSPECTION: 'true' });

  it.each(introspections)('shows the schema: %s', async (query) => {
    expect(bodyOf(await postGraphql(testApp, { query }))).not.toHaveProperty('errors');
  });
});

describe('in development', () => {
  const testApp = useTestApp();

  it.each(introspections)('shows the schema: %s', async (query) => {
    expect(bodyOf(await postGraphql(testApp, { query }))).not.toHaveProperty('errors');
  });

  it('helps to find the field that was meant', async () => {
    const { text } = await postGraphql(testApp, { query: '{ me { emial } }' });
    expect(text).toContain('Did you mean');
    const query =
      'mutation ($input: EmailInput!) { resendVerification(input: $input) { __typename } }';
    const answer = await postGraphql(testApp, { query, variables: { input: { emial: 'x' } } });
    expect(answer.text).toContain('Did you mean');
  });

  it('has the outbox', async () => {
    expect((await fetchFrom(testApp, '/outbox')).status).toBe(200);
  });
});
