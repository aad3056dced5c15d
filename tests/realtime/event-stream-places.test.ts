import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { holdSessions } from '../support/held-sessions.ts';
import { type Person, signUp } from '../support/people.ts';
import { startTestApp, useTestApp } from '../support/test-app.ts';

const most = 3;
const testApp = useTestApp({ CLIENT_LIVE_CONNECTIONS: String(most) });
const query = 'subscription Follow($id: ID!) { userChanged(id: $id) { __typename } }';

let ada: Person;
beforeEach(async () => {
  ada = await signUp(testApp);
});

/** Asks for a stream, without a socket. */
function askForStream(
  { app }: Pick<typeof testApp, 'app'>,
  { id, accessToken }: Person,
  init: { accept?: string; signal?: AbortSignal } = {},
): Promise<Response> {
  const { accept = 'text/event-stream', signal } = init;
  const request = new Request('http://127.0.0.1:4000/graphql', {
    method: 'POST',
    headers: {
      accept,
      authorization: `Bearer ${accessToken}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ query, variables: { id } }),
    ...(signal && { signal }),
  });
  return app.respond(request, '192.0.2.1');
}

/** Sees that every place of the client is free, and frees them again. */
async function expectAllPlacesFree(): Promise<void> {
  const leaving = new AbortController();
  const { signal } = leaving;
  const statuses = [];
  for (let place = 0; place <= most; place++) {
    statuses.push((await askForStream(testApp, ada, { signal })).status);
  }
  expect(statuses).toEqual([...Array.from({ length: most }, () => 200), 429]);
  leaving.abort();
}

describe('a place among the streams of a client', () => {
  it('is free again when the client leaves while the server asks who it is', async () => {
    const release = await holdSessions(testApp);
    const leaving = new AbortController();
    const { signal } = leaving;
    const answers = Array.from({ length: most }, () => askForStream(testApp, ada, { signal }));
    await setImmediate();
    leaving.abort();
    await release();
    await Promise.allSettled(answers);
    await expectAllPlacesFree();
    // Those that were opened to see it were left before they were read.
    await expectAllPlacesFree();
  });

  it('is not taken by an answer that the client cannot read: 406', async () => {
    const accept = 'text/event-stream; charset=iso-8859-1';
    for (let more = 0; more <= most; more++) {
      expect((await askForStream(testApp, ada, { accept })).status).toBe(406);
    }
    await expectAllPlacesFree();
  });

  it('is not given any more when the server stops while it asks who it is: 503', async () => {
    const stopping = await startTestApp();
    try {
      const person = await signUp(stopping);
      const release = await holdSessions(stopping);
      const answering = askForStream(stopping, person);
      await setImmediate();
      await stopping.app.drain(0);
      await release();
      const answer = await answering;
      expect(answer.status).toBe(503);
      expect(await answer.text()).toContain('SERVICE_UNAVAILABLE');
    } finally {
      await stopping.stop();
    }
  });
});
