import { describe, expect, it } from 'vitest';
import { codeOf, fetchFrom, postGraphql } from '../support/raw-request.ts';
import { useTestApp } from '../support/test-app.ts';

const allowed = 'https://app.example.com';
const body = { query: '{ __typename }' };
const name = 'access-control-allow-origin';
const credentials = 'access-control-allow-credentials';

const preflight = (origin: string) => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type,x-latchkey-csrf',
  },
});

describe('a server that names the origins it trusts', () => {
  const testApp = useTestApp({ CORS_ORIGINS: `${allowed},https://other.example.com` });

  it('answers an allowed origin by name', async () => {
    const { headers } = await postGraphql(testApp, body, { origin: allowed });
    expect(headers.get(name)).toBe(allowed);
    expect(headers.get('vary')).toBe('Origin');
    expect(headers.get('access-control-expose-headers')).toBe(
      'x-request-id, server-timing, retry-after',
    );
    expect(headers.get(credentials)).toBe('true');
  });

  it.each([
    ['a stale token', { authorization: 'Bearer stale' }, 401],
    ['a body that is no JSON', { 'content-type': 'text/plain' }, 415],
    ['a length past the limit', { 'content-length': '9999999' }, 413],
  ])('lets an allowed origin read why it is refused: %s', async (_description, headers, status) => {
    const answer = await postGraphql(testApp, body, { origin: allowed, ...headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.get(name)).toBe(allowed);
  });

  it('answers the preflight of an allowed origin', async () => {
    const answer = await fetchFrom(testApp, '/graphql', preflight(allowed));
    expect(answer.status).toBe(204);
    expect(answer.headers.get(name)).toBe(allowed);
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET, POST');
    expect(answer.headers.get(credentials)).toBe('true');
    expect(answer.headers.get('access-control-allow-headers')).toBe(
      'authorization, content-type, x-latchkey-csrf',
    );
    expect(answer.headers.get('access-control-max-age')).toBe('600');
  });

  it.each([
    'https://evil.example.com',
    'https://app.example.com.evil.example',
    'https://evil-app.example.com',
    'https://app.example.com:8443',
    'http://app.example.com',
    'https://APP.example.com',
    'https://app.example.com/',
    'https://app.example.com, https://evil.example.com',
    'https://app.example.com https://evil.example.com',
    'null',
    '*',
    '',
  ])('refuses the origin "%s": ORIGIN_NOT_ALLOWED', async (origin) => {
    const refused = await postGraphql(testApp, body, { origin });
    expect(refused.status).toBe(403);
    expect(codeOf(refused)).toEqual(['ORIGIN_NOT_ALLOWED']);
    const answers = [refused, await fetchFrom(testApp, '/graphql', preflight(origin))];
    for (const { headers } of answers) {
      const spoken = [...headers.keys()].filter((key) => key.startsWith('access-control-'));
      expect(spoken).toEqual([]);
      expect(headers.get('vary')).toBe('Origin');
    }
  });

  it.each(['/health', '/health/ready', '/verify-email', '/outbox', '/assets/page.css', '/nothing'])(
    'says nothing of %s',
    async (path) => {
      const { headers } = await fetchFrom(testApp, path, { headers: { origin: allowed } });
      expect(headers.has(name)).toBe(false);
    },
  );

  it('lets every origin read the public keys', async () => {
    const { headers } = await fetchFrom(testApp, '/.well-known/jwks.json');
    expect(headers.get(name)).toBe('*');
  });
});

describe('a server that names none', () => {
  const testApp = useTestApp();

  it.each([
    ['another', allowed, 403],
    ['the nameless', 'null', 403],
    ['its own', 'http://127.0.0.1:4000', 200],
    ['its own by another name', 'http://localhost:4000', 403],
  ])('answers %s origin: %s', async (_description, origin, status) => {
    const answer = await postGraphql(testApp, body, { origin });
    expect(answer.status).toBe(status);
    expect(answer.headers.has(name)).toBe(false);
  });

  it.each([
    ['same-origin', 200],
    ['none', 200],
    ['same-site', 403],
    ['cross-site', 403],
    ['', 403],
  ])('goes by Sec-Fetch-Site where a browser names no origin: %s', async (site, status) => {
    const path = '/graphql?query={__typename}';
    const answer = await fetchFrom(testApp, path, { headers: { 'sec-fetch-site': site } });
    expect(answer.status).toBe(status);
  });
});

describe('a development server that trusts every origin', () => {
  const testApp = useTestApp({ CORS_ORIGINS: '*' });

  it('answers each by name, without cookies, but the nameless', async () => {
    const named = await postGraphql(testApp, body, { origin: allowed });
    expect(named.headers.get(name)).toBe(allowed);
    const answers = [named, await fetchFrom(testApp, '/graphql', preflight(allowed))];
    for (const { headers } of answers) expect(headers.has(credentials)).toBe(false);
    const nameless = await postGraphql(testApp, body, { origin: 'null' });
    expect(nameless.status).toBe(403);
    expect(nameless.headers.has(name)).toBe(false);
  });
});
