import { describe, expect, it } from 'vitest';
import { production } from '../support/production.ts';
import { fetchFrom, postGraphql, type RawAnswer } from '../support/raw-request.ts';
import { type TestApp, useTestApp } from '../support/test-app.ts';

const json = { 'content-type': 'application/json' };

/** One of every kind of response. */
const kinds: Record<string, (testApp: TestApp) => Promise<RawAnswer>> = {
  'an answer': (testApp) => postGraphql(testApp, { query: '{ __typename }' }),
  'a refused field': (testApp) => postGraphql(testApp, { query: '{ users { totalCount } }' }),
  'a refused token': (testApp) =>
    postGraphql(testApp, { query: '{ __typename }' }, { authorization: 'Bearer stale' }),
  'a refused request': (testApp) => postGraphql(testApp, '{'),
  'a refused method': (testApp) => fetchFrom(testApp, '/graphql', { method: 'DELETE' }),
  'a refused type': (testApp) => postGraphql(testApp, 'x', { 'content-type': 'text/plain' }),
  'a refused size': (testApp) =>
    postGraphql(testApp, '{}', { ...json, 'content-length': '9999999' }),
  'a preflight': (testApp) => fetchFrom(testApp, '/graphql', { method: 'OPTIONS' }),
  'a page that is not there': (testApp) => fetchFrom(testApp, '/nothing'),
  'the health': (testApp) => fetchFrom(testApp, '/health'),
  'the readiness': (testApp) => fetchFrom(testApp, '/health/ready'),
  'the public keys': (testApp) => fetchFrom(testApp, '/.well-known/jwks.json'),
  'an export that is not there': (testApp) => fetchFrom(testApp, '/data-exports/x'),
  'the confirm page': (testApp) => fetchFrom(testApp, '/verify-email'),
  'a style sheet': (testApp) => fetchFrom(testApp, '/assets/page.css'),
  'a script': (testApp) => fetchFrom(testApp, '/assets/verify-email.js'),
};

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe.each([
  ['development', {}],
  ['production', production],
])('in %s', (mode, environment) => {
  const testApp = useTestApp(environment);

  it.each(Object.entries(kinds))(
    '%s keeps browsers from guessing and framing',
    async (_kind, ask) => {
      const { headers } = await ask(testApp);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      const policy = headers.get('content-security-policy')?.split('; ') ?? [];
      expect(policy).toEqual(
        expect.arrayContaining(["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"]),
      );
      expect(policy.join()).not.toMatch(/unsafe|\*|https?:|data:/);
      expect(headers.get('strict-transport-security')).toBe(
        mode === 'production' ? 'max-age=31536000' : null,
      );
    },
  );

  it.each(Object.entries(kinds))('%s does not say what it is served by', async (_kind, ask) => {
    const { headers } = await ask(testApp);
    for (const name of ['server', 'x-powered-by', 'via', 'x-graphql-yoga-version']) {
      expect(headers.has(name)).toBe(false);
    }
    const all = [...headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    expect(all).not.toMatch(/node|yoga|latchkey|whatwg|express/i);
  });

  it.each(Object.entries(kinds))('%s is kept by nobody, unless it is public', async (kind, ask) => {
    const { headers } = await ask(testApp);
    const isPublic = ['the public keys', 'a style sheet', 'a script'].includes(kind);
    expect(headers.get('cache-control')).toBe(isPublic ? 'public, max-age=300' : 'no-store');
    expect(headers.has('set-cookie')).toBe(false);
  });

  it.each(Object.entries(kinds))(
    '%s names the request, which the log names too',
    async (_kind, ask) => {
      const { headers } = await ask(testApp);
      const requestId = headers.get('x-request-id') ?? '';
      expect(requestId).toMatch(uuid);
      expect(testApp.logged.lines.map((line) => line.requestId)).toContain(requestId);
    },
  );

  it('an answer names its request by itself, whatever the client calls it', async () => {
    const { headers } = await postGraphql(
      testApp,
      { query: '{ __typename }' },
      { 'x-request-id': 'mine' },
    );
    expect(headers.get('x-request-id')).toMatch(uuid);
  });

  it('an answer tells the time that it took', async () => {
    const { headers } = await postGraphql(testApp, { query: '{ __typename }' });
    const phases = headers
      .get('server-timing')
      ?.split(', ')
      .map((phase) => phase.split(';')[0]);
    expect(phases).toEqual(
      mode === 'production' ? ['total'] : ['parse', 'validate', 'authenticate', 'execute', 'total'],
    );
    expect(headers.get('server-timing')).toMatch(/^(\w+;dur=\d+\.\d(, |$))+$/);
  });
});
