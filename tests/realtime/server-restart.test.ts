import { afterAll, beforeAll, expect, it } from 'vitest';
import { samplePassword } from '../../prisma/seed.ts';
import { ClientMe, ClientRename, ClientSignIn, tokensIn } from '../support/client-documents.ts';
import { createEventStreamClient } from '../support/clients/event-stream.ts';
import { createSocketClient } from '../support/clients/web-socket.ts';
import { startFollower } from '../support/follower.ts';
import { findFreePort } from '../support/free-port.ts';
import { askServer, openServerYard, type ServerYard } from '../support/server-process.ts';

let yard: ServerYard;
beforeAll(async () => {
  yard = await openServerYard();
});
afterAll(() => yard.close());

it('gets its followers back when it is stopped and started again, who miss nothing', {
  timeout: 120_000,
}, async () => {
  const PORT = String(await findFreePort());
  const first = yard.start({ PORT });
  const url = await first.ready();
  const input = { email: 'ada@example.com', password: samplePassword };
  const session = { tokens: tokensIn(await askServer(url, ClientSignIn, { input })) };
  const accessToken = session.tokens?.accessToken;
  const { me } = await askServer(url, ClientMe, {}, accessToken);
  const clients = [createSocketClient, createEventStreamClient].map((create) =>
    create(`${url}/graphql`, session),
  );
  const followers = clients.map((client) => startFollower(client, me?.id ?? ''));
  const nextOfEach = () => Promise.all(followers.map(({ next }) => next()));
  expect(await nextOfEach()).toEqual(['StreamCaughtUp', 'StreamCaughtUp']);

  first.signal('SIGTERM');
  expect(await first.exited).toBe(0);
  const second = yard.start({ PORT });
  await second.ready();
  const renamed = { input: { displayName: 'Augusta' } };
  await askServer(url, ClientRename, renamed, accessToken);
  // In this order for those who come back after the change, in the other for those before.
  const [one, other] = [await nextOfEach(), await nextOfEach()];
  followers.forEach((_follower, n) => {
    expect([one[n], other[n]].sort()).toEqual(['StreamCaughtUp', 'UPDATED']);
  });
  await Promise.all(clients.map((client) => client.dispose()));
});
