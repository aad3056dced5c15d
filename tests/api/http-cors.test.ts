import { describe, expect, it } from 'vitest';
import { fetchFrom, postGraphql } from '../support/raw-request.ts';
import { useTestApp } from '../support/test-app.ts';

const allowed = 'https://app.example.com';
const body = { query: '{ __typename }' };
const name = 'access-control-allow-origin';

const preflight = (origin: string) => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  },
});

describe('a server that names the origins it trusts', () => {
  const testApp = useTestApp({ CORS_ORIGINS: `${allowed},https://other.example.com` });

  it('answers an allowed origin by name', async () => {
    const { headers } = await postGraphql(testApp, body, { origin: allowed });
    expect(headers.get(name)).toBe(allowed);
    expect(headers.get('vary')).toBe('Origin');
    expect(headers.get('access-control-expose-headers')).toBe('x-request-id, server-timing');
    expect(headers.has('access-control-allow-credentials')).toBe(false);
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
    expect(answer.headers.get('access-control-allow-headers')).toBe('authorization, content-type');
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
  ])('says nothing to the origin "%s"', async (origin) => {
    const answers = [
      await postGraphql(testApp, body, { origin }),
      await fetchFrom(testApp, '/graphql', preflight(origin)),
    ];
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

  it.each([allowed, 'null', 'http://127.0.0.1:4000'])('says nothing to %s', async (origin) => {
    const { headers } = await postGraphql(testApp, body, { origin });
    expect(headers.has(name)).toBe(false);
  });
});

describe('a development server that trusts every origin', () => {
  const testApp = useTestApp({ CORS_ORIGINS: '*' });

  it('answers each by name, but the nameless', async () => {
    const named = await postGraphql(testApp, body, { origin: allowed });
    expect(named.headers.get(name)).toBe(allowed);
    const nameless = await postGraphql(testApp, body, { origin: 'null' });
    expect(nameless.headers.has(name)).toBe(false);
  });
});
