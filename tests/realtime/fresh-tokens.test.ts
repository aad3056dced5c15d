import { beforeEach, describe, expect, it } from 'vitest';
import { announceAccess } from '../support/access-notices.ts';
import { ClientMe } from '../support/client-documents.ts';
import { ask } from '../support/clients/ask.ts';
import { createEventStreamClient } from '../support/clients/event-stream.ts';
import { createFetch, type Session, SignedOutError } from '../support/clients/session.ts';
import { createSocketClient } from '../support/clients/web-socket.ts';
import { startFollower } from '../support/follower.ts';
import { useListeningApp } from '../support/listening-app.ts';
import { type Person, signIn, signUp } from '../support/people.ts';
import { rename, settle } from '../support/user-stream.ts';

const testApp = useListeningApp();

let url: string;
let ada: Person;
let session: Session;
beforeEach(async () => {
  url = `${testApp.url}/graphql`;
  ada = await signUp(testApp, 'Ada');
  await settle(testApp, ada);
  session = { tokens: ada };
});

/** Lets the access tokens run out that there are by now. */
const outlastTokens = () => testApp.clock.advance(testApp.config.tokens.accessTokenSeconds + 1);

/** Ends a session without telling its client. */
const endSession = async ({ sessionId }: Person) => {
  await testApp.database.prisma.session.update({
    where: { id: sessionId },
    data: { revokedAt: new Date(), revokeReason: 'SIGNED_OUT' },
  });
  await announceAccess(testApp, { sessionId });
};

describe('a client whose access token has run out', () => {
  it('is answered by POST once it has refreshed', async () => {
    outlastTokens();
    const answer = await ask(url, ClientMe.toString(), {}, createFetch(url, session));
    expect(answer).toMatchObject({ data: { me: { id: ada.id } } });
    expect(session.tokens).not.toEqual(ada);
  });

  it('learns by POST that its session has ended', async () => {
    outlastTokens();
    await endSession(ada);
    const asked = ask(url, ClientMe.toString(), {}, createFetch(url, session));
    await expect(asked).rejects.toBeInstanceOf(SignedOutError);
    expect(session.tokens).toBeNull();
  });
});

describe.each([
  ['a WebSocket', createSocketClient],
  ['an event stream', createEventStreamClient],
])('a client whose access token runs out while it follows over %s', (_transport, create) => {
  it('comes back with a fresh one, and misses nothing', async () => {
    const client = create(url, session);
    const { next } = startFollower(client, ada.id);
    expect(await next()).toBe('StreamCaughtUp');
    outlastTokens();
    await rename(testApp, await signIn(testApp, ada), 'Augusta');
    expect([await next(), await next()]).toEqual(['UPDATED', 'StreamCaughtUp']);
    expect(session.tokens).not.toEqual(ada);
    await client.dispose();
  });

  it('learns that its session has ended', async () => {
    const client = create(url, session);
    const { next, ended } = startFollower(client, ada.id);
    expect(await next()).toBe('StreamCaughtUp');
    outlastTokens();
    await endSession(ada);
    await rename(testApp, await signIn(testApp, ada), 'Augusta');
    await expect(ended).rejects.toBeInstanceOf(SignedOutError);
    expect(session.tokens).toBeNull();
    await client.dispose();
  });
});
