import type { Client } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  decodeEventCursor,
  encodeEventCursor,
  eventCursorOf,
} from '../../src/platform/event-log/cursor.ts';
import type { Session } from '../support/clients/session.ts';
import { createSocketClient } from '../support/clients/web-socket.ts';
import { pruneLog } from '../support/event-log.ts';
import { listEvents } from '../support/listed-events.ts';
import { useListeningApp } from '../support/listening-app.ts';
import { type LogReader, readLog } from '../support/log-reader.ts';
import { createMessageQueue } from '../support/message-queue.ts';
import { demote, type Person, signIn, signUp, signUpAdmin } from '../support/people.ts';
import { createRandom } from '../support/random.ts';
import { postGraphql } from '../support/raw-request.ts';
import { renew } from '../support/stream-clients/renewal.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { rename, settle } from '../support/user-stream.ts';

const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);
const testApp = useListeningApp({ CLIENT_OPERATIONS_PER_MINUTE: '1000000' });

let ada: Person;
let session: Session;
let start: string;
let proxy: TcpProxy;
let client: Client;
let reader: LogReader;
let atOpening: (socket: WebSocket) => void;
beforeEach(async () => {
  atOpening = () => {};
  ada = await signUp(testApp, 'Ada');
  await settle(testApp, ada);
  session = { tokens: ada };
  start = (await listEvents(testApp, ada, { topics: [] })).cursor;
  proxy = await startTcpProxy('127.0.0.1', Number(new URL(testApp.url).port));
});
afterEach(async () => {
  reader.leave();
  await client.dispose();
  await proxy.close();
});

/** Follows through the proxy, without pauses, and waits until it is live. */
async function open(): Promise<void> {
  const url = `http://127.0.0.1:${proxy.port}/graphql`;
  const atOnce = { retryWait: async () => {}, webSocketImpl: WebSocket };
  client = createSocketClient(url, session, atOnce);
  client.on('opened', (socket) => atOpening(socket as WebSocket));
  reader = readLog(
    client,
    { after: start, topics: ['USER'] },
    {
      pauseMs: () => 0,
      onItem: (kind) => {
        if (kind === 'StreamAuthExpiring') void renew(client, url, session);
      },
    },
  );
  await reader.until(() => reader.marks.includes('StreamCaughtUp'));
}

/** Lists the cursors of what the log has for a user since the reader began. */
async function logged({ userId }: Person): Promise<string[]> {
  const rows = await testApp.database.prisma.loggedEvent.findMany({
    where: { userId, topic: 'USER', sequence: { gt: decodeEventCursor(start)?.sequence ?? 0n } },
    orderBy: { sequence: 'asc' },
  });
  return rows.map((row) => encodeEventCursor(eventCursorOf(row)));
}

/** Waits until the reader has come to the end of the log. */
async function readToEnd(): Promise<string[]> {
  const all = await logged(ada);
  await reader.until(() => reader.cursors.at(-1) === all.at(-1));
  return all;
}

describe('a reader that resumes', { timeout: 180_000 }, () => {
  it(`sees each event once, in order, over sockets that are cut at any byte (TEST_SEED=${seed})`, async () => {
    const random = createRandom(seed);
    await open();
    let renames = 0;
    for (let cuts = 0; cuts < 20; cuts += 1) {
      let isCut = false;
      const cut = proxy.cutAfter(1 + Math.floor(random() * 1_000)).then(() => {
        isCut = true;
      });
      while (!isCut) {
        renames += 1;
        await rename(testApp, ada, `Ada ${renames}`);
        await Promise.race([cut, reader.until(() => reader.cursors.length >= renames)]);
      }
    }
    expect(reader.cursors).toEqual(await readToEnd());
    expect(new Set(reader.marks)).toEqual(new Set(['StreamCaughtUp']));
  });

  it('sees once what a connection that was given up still delivers', async () => {
    const envelopes = createMessageQueue<string>();
    atOpening = (socket) =>
      socket.addEventListener('message', ({ data }) => {
        if (String(data).includes('EventEnvelope')) envelopes.push(String(data));
      });
    await open();
    proxy.stallOpenConnections();
    await rename(testApp, ada, 'A');
    await rename(testApp, ada, 'B');
    client.terminate();
    await readToEnd();
    await proxy.restore();
    // Each over both connections.
    for (let frames = 0; frames < 4; frames += 1) await envelopes.next();
    await rename(testApp, ada, 'C');
    expect(reader.cursors).toEqual(await readToEnd());
    expect(reader.cursors).toHaveLength(3);
  });

  it('gives a connection up that has fallen silent, and goes on over another', async () => {
    await open();
    reader.leave();
    // Longer than the machine may need for an answer, or it would give up in vain, and come back.
    reader = readLog(client, { after: start, topics: ['USER'] }, { silenceMs: 500 });
    await reader.until(() => reader.marks.includes('StreamCaughtUp'));
    proxy.stallOpenConnections();
    await rename(testApp, ada, 'A');
    expect(reader.cursors).toEqual(await readToEnd());
  });

  it('is told that it was away for longer than events are kept, and goes on', async () => {
    await open();
    await rename(testApp, ada, 'A');
    await readToEnd();
    await proxy.cut();
    await rename(testApp, ada, 'B');
    await rename(testApp, ada, 'C');
    const [first, ...rest] = await testApp.database.prisma.loggedEvent.findMany({
      orderBy: { sequence: 'desc' },
    });
    await pruneLog(testApp.database, rest[0]?.sequence ?? 0n);
    await proxy.restore();
    await reader.until(() => reader.marks.includes('RETENTION_EXCEEDED'));
    // What is kept yet is in the gap, too: whoever refetches has it. That somebody is here may follow.
    expect(decodeEventCursor(reader.cursor() ?? '')?.sequence).toBeGreaterThanOrEqual(
      first?.sequence ?? Number.NaN,
    );
    await rename(testApp, ada, 'D');
    await readToEnd();
    expect(reader.cursors).toHaveLength(2);
  });

  it('keeps its connection beyond the end of its token, which it renews', async () => {
    testApp.clock.advance(testApp.config.tokens.accessTokenSeconds - 50);
    const endings: unknown[] = [];
    await open();
    client.on('closed', (event) => endings.push(event));
    await reader.until(() => reader.marks.includes('StreamAuthExpiring'));
    await renew(client, `${testApp.url}/graphql`, session);
    testApp.clock.advance(60);
    await rename(testApp, await signIn(testApp, ada), 'Augusta');
    expect(reader.cursors).toEqual(await readToEnd());
    expect(endings).toEqual([]);
    expect(session.tokens).not.toEqual(ada);
  });

  it('comes back with a fresh token when its own has run out', async () => {
    await open();
    testApp.clock.advance(testApp.config.tokens.accessTokenSeconds + 1);
    await rename(testApp, await signIn(testApp, ada), 'Augusta');
    expect(reader.cursors).toEqual(await readToEnd());
    expect(session.tokens).not.toEqual(ada);
  });

  it('stays away when its session has ended', async () => {
    await open();
    const other = await signIn(testApp, ada);
    const authorization = `Bearer ${ada.accessToken}`;
    await postGraphql(testApp, { query: 'mutation { signOut { __typename } }' }, { authorization });
    await rename(testApp, other, 'Augusta');
    const { code } = await reader.ended;
    expect([4401, 'UNAUTHENTICATED']).toContain(code);
  });

  it('stays away when it may not see any more what it has followed: FORBIDDEN', async () => {
    const admin = await signUpAdmin(testApp);
    session = { tokens: admin };
    await open();
    await demote(testApp, admin);
    await rename(testApp, ada, 'Augusta');
    expect(await reader.ended).toMatchObject({ code: 'FORBIDDEN' });
  });
});
