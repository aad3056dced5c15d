import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { ClientChanges } from '../support/client-documents.ts';
import { useListeningApp } from '../support/listening-app.ts';
import { type Person, signUp } from '../support/people.ts';
import { settle } from '../support/user-stream.ts';

const testApp = useListeningApp();
let ada: Person;
beforeEach(async () => {
  ada = await signUp(testApp, 'Ada');
});

const addressOf = (query: unknown) =>
  `${testApp.url}/graphql?${new URLSearchParams({
    query: String(query),
    variables: JSON.stringify({ id: ada.id }),
  })}`;

describe('an event stream by GET', () => {
  /** Asks as an EventSource does that can send a token. */
  function open(headers: Record<string, string> = {}) {
    return fetch(addressOf(ClientChanges), {
      headers: {
        accept: 'text/event-stream',
        'cache-control': 'no-cache',
        authorization: `Bearer ${ada.accessToken}`,
        ...headers,
      },
    });
  }

  it('is not to be kept, packed or held back on its way', async () => {
    const { status, headers, body } = await open();
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/event-stream');
    expect(headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(headers.get('x-accel-buffering')).toBe('no');
    expect(headers.has('content-encoding')).toBe(false);
    await body?.cancel();
  });

  it('begins with a comment, and sends others while there is nothing to tell', async () => {
    await settle(testApp, ada);
    const { body } = await open();
    const parts = body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.endsWith('\n\n:\n\n:\n\n')) text += (await parts?.read())?.value ?? '';
    expect(text).toMatch(/^:\n\nevent: next\ndata: .*StreamCaughtUp.*\n\n(:\n\n)+$/);
    await parts?.cancel();
  });

  it.each([
    ['the server itself', { 'sec-fetch-site': 'same-origin' }, 200],
    ['the address bar', { 'sec-fetch-site': 'none' }, 200],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a sibling site', { 'sec-fetch-site': 'same-site' }, 403],
    ['a page of no listed origin', { origin: 'https://evil.example' }, 403],
  ])('goes by where a browser says that it comes from: %s', async (_from, headers, status) => {
    const response = await open(headers);
    expect(response.status).toBe(status);
    if (status === 200) return response.body?.cancel();
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'ORIGIN_NOT_ALLOWED' } }],
    });
  });
});

describe('the EventSource of Node', () => {
  /** Runs one up to its end; answers what it was told. */
  async function told(query: unknown): Promise<string[]> {
    const script = 'tests/support/event-source-process.ts';
    const parameters = ['--experimental-eventsource', script, addressOf(query)];
    const { stdout } = await promisify(execFile)(process.execPath, parameters);
    return stdout.trimEnd().split('\n');
  }

  it('is answered a query, and told of the end', async () => {
    expect(await told('{ __typename }')).toEqual(['{"data":{"__typename":"Query"}}', 'complete']);
  });

  it('is told in the stream why it may not follow: UNAUTHENTICATED', async () => {
    expect(await told(ClientChanges)).toEqual([
      expect.stringContaining('"code":"UNAUTHENTICATED"'),
      'complete',
    ]);
  });

  it('does not come back where it is refused', async () => {
    expect(await told('mutation { signOut { __typename } }')).toEqual(['refused']);
  });
});
