import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { samplePassword } from '../../prisma/seed.ts';
import { ClientRename, ClientSignIn, tokensIn } from '../support/client-documents.ts';
import { createSocketClient } from '../support/clients/web-socket.ts';
import { findFreePort } from '../support/free-port.ts';
import { Events } from '../support/listed-events.ts';
import { readLog } from '../support/log-reader.ts';
import { createRandom } from '../support/random.ts';
import { askServer, openServerYard, type ServerYard } from '../support/server-process.ts';

const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);

let yard: ServerYard;
beforeAll(async () => {
  yard = await openServerYard();
});
afterAll(() => yard.close());

it(`is followed through kills and stops, and each event is seen once, in order (TEST_SEED=${seed})`, {
  timeout: 600_000,
}, async () => {
  const random = createRandom(seed);
  const PORT = String(await findFreePort());
  let server = yard.start({ PORT });
  const url = await server.ready();
  const input = { email: 'ada@example.com', password: samplePassword };
  const tokens = tokensIn(await askServer(url, ClientSignIn, { input }));
  const list = async (after: string | null) => {
    const { events } = await askServer(
      url,
      Events,
      { after, topics: ['USER'] },
      tokens?.accessToken,
    );
    if (!events) throw new Error('There is no page.');
    return events;
  };
  const start = (await list(null)).cursor;
  const client = createSocketClient(`${url}/graphql`, { tokens }, { retryWait: () => pause(50) });
  const reader = readLog(client, { after: start, topics: ['USER'] });

  const rename = (displayName: string) =>
    askServer(url, ClientRename, { input: { displayName } }, tokens?.accessToken);
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const last = Math.floor(random() * 10);
    for (let change = 0; change < last; change += 1) await rename(`${signal} ${change}`);
    // On its way when the server goes; whether it was made is for the log to tell.
    const cutShort = rename('Whether or not').catch(() => {});
    server.signal(signal);
    await Promise.all([server.exited, cutShort]);
    server = yard.start({ PORT });
    await server.ready();
  }
  await rename('The last');

  const { items, hasMore } = await list(start);
  const logged = items.map(({ event }) => event.cursor);
  expect(hasMore).toBe(false);
  await reader.until(() => reader.cursors.at(-1) === logged.at(-1));
  expect(reader.cursors).toEqual(logged);
  reader.leave();
  await client.dispose();
});
