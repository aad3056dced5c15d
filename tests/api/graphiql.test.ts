import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { sampleAccounts, samplePassword } from '../../prisma/seed.ts';
import { schema } from '../../src/graphql/schema.ts';
import { graphiqlTabs } from '../../src/server/graphiql-tabs.ts';
import { production } from '../support/production.ts';
import { bodyOf, fetchFrom, postGraphql } from '../support/raw-request.ts';
import { type TestApp, useTestApp } from '../support/test-app.ts';

/** What browsers send when somebody follows a link. */
const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

const visit = (testApp: TestApp) => fetchFrom(testApp, '/graphql', { headers: { accept } });

const sampleAccount = { email: 'admin@example.com', password: samplePassword };

describe('a development server', () => {
  const testApp = useTestApp();

  it('shows browsers a page that may load and call nothing but the server itself', async () => {
    const { status, headers, text } = await visit(testApp);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers.get('content-security-policy')?.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "worker-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data:",
      'font-src data:',
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(text).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?! src="\/assets\/)/);
  });

  it.each([
    ['a browser', accept, true],
    ['a browser that takes it by name', 'TEXT/HTML;q=1', true],
    ['a program', 'application/graphql-response+json, application/json;q=0.9', false],
    ['a program that takes anything', '*/*', false],
    ['a program that takes any text', 'text/*', false],
    ['a reader of event streams', 'text/event-stream', false],
    ['a reader of something else', 'text/html-fragment, x-text/html', false],
    ['somebody who does not say', '', false],
  ])('tells browsers from programs: %s', async (_who, given, isServed) => {
    for (const method of ['GET', 'HEAD']) {
      const init = { method, headers: { accept: given } };
      const { headers } = await fetchFrom(testApp, '/graphql?query={__typename}', init);
      const type = headers.get('content-type') ?? 'none';
      expect(type.startsWith('text/html')).toBe(isServed);
    }
  });

  it('leads browsers there from its root, and programs nowhere', async () => {
    const { status, headers } = await fetchFrom(testApp, '/', { headers: { accept } });
    expect([status, headers.get('location')]).toEqual([302, '/graphql']);
    expect((await fetchFrom(testApp, '/')).status).toBe(404);
  });

  it('answers what a browser posts as GraphQL', async () => {
    const answer = await postGraphql(testApp, { query: '{ __typename }' }, { accept });
    expect(bodyOf(answer)).toEqual({ data: { __typename: 'Query' } });
  });

  it('puts the sample administrator into the first tab', async () => {
    expect((await visit(testApp)).text).toContain(samplePassword);
  });

  const tabs = graphiqlTabs(sampleAccount);

  it('begins with tabs that the schema knows', () => {
    for (const { query } of tabs)
      expect([query, validate(schema, parse(query))]).toEqual([query, []]);
  });

  it('begins with tabs whose lines fit the editor, which does not wrap them', () => {
    const lines = tabs.flatMap(({ query }) => query.split('\n'));
    expect(lines.filter((line) => line.length > 53)).toEqual([]);
  });

  it('begins with tabs that the sample administrator can run as they are', async () => {
    await testApp.app.createFirstAccounts('sample-accounts', sampleAccounts);
    let authorization = 'Bearer none yet';
    async function run(name: string) {
      const { query, variables = '{}' } =
        tabs.find((tab) => new RegExp(`^\\w+ ${name}\\b`, 'm').test(tab.query)) ?? {};
      const body = { query, variables: JSON.parse(variables) };
      return bodyOf(await postGraphql(testApp, body, { authorization })).data;
    }
    const signedIn = await run('SignIn');
    expect(signedIn).toMatchObject({ signIn: { user: { displayName: 'Sample Admin' } } });
    const [, token] = /"accessToken":"([^"]+)"/.exec(JSON.stringify(signedIn)) ?? [];
    authorization = `Bearer ${token}`;
    expect(await run('WhoAmI')).toMatchObject({ me: { email: sampleAccount.email } });
    expect(await run('ListUsers')).toMatchObject({ users: { totalCount: sampleAccounts.length } });
    expect(await run('ChangeMyName')).toMatchObject({
      updateProfile: { displayName: 'Another Name' },
    });
  });
});

describe('a development server with an administrator of its own', () => {
  const testApp = useTestApp({
    ADMIN_EMAIL: 'ada@example.org',
    ADMIN_PASSWORD: 'a password of good length',
  });

  it('puts nobody into the first tab', async () => {
    const { text } = await visit(testApp);
    expect(text).toContain('put your address and password');
    expect(text).not.toMatch(/correct horse|ada@example\.org|a password of good length/);
  });
});

describe('a server where GraphiQL is switched off', () => {
  const testApp = useTestApp({ GRAPHIQL: 'false' });

  it('answers browsers as it answers programs', async () => {
    const { status, headers } = await visit(testApp);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(headers.get('content-type')).not.toContain('html');
  });
});

describe('a production server where GraphiQL is switched on', () => {
  const testApp = useTestApp({ ...production, GRAPHIQL: 'true' });

  it('shows it to browsers, without a password that all know', async () => {
    const { status, text } = await visit(testApp);
    expect(status).toBe(200);
    expect(text).not.toContain('correct horse');
  });
});
