import { userChanged } from '../../src/modules/user/user.events.ts';
import { openDatabase } from '../../src/platform/database/connect.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { appendEvents } from '../../src/platform/event-log/append.ts';
import { encodeEventCursor, eventCursorOf } from '../../src/platform/event-log/cursor.ts';
import { createLog } from '../../src/platform/log.ts';
import { createSocketClient } from './clients/web-socket.ts';
import { findFreePort } from './free-port.ts';
import { type LogReader, readLog } from './log-reader.ts';
import { type Memory, openMemoryProbe, probed } from './memory-probe.ts';
import { createScratchDatabase } from './postgres-server.ts';
import { clusterSettings, signInAt } from './server-cluster.ts';
import { openServerYard } from './server-process.ts';
import { openConversation, type ProtocolSocket } from './socket-client.ts';

/** What came of a socket that nobody read. */
export interface SlowConsumer {
  /** After events without the socket, and with it. */
  control: Memory;
  burdened: Memory;
  /** What its reader was told in the end: the reason of a gap, or that it was closed. */
  fate: string;
  /** Events that the readers beside it were told of, each, and gaps. */
  healthy: { events: number; distinct: number; gaps: number }[];
}

/** Fewer than a reader may be behind, so that those who read are never told of a gap. */
const batch = 500;

// So that what is kept for nobody can be told from noise.
const selection = Array.from({ length: 29 }, (_, n) => `${'a'.repeat(95)}${n}: cursor`).join(' ');
/** What one event takes to tell over the socket that nobody reads, at least. */
export const answerBytes = 3_400;
const unreadStream = `subscription ($after: EventCursor) { events(after: $after) {
  __typename
  ... on EventEnvelope { event { cursor ${selection} } }
  ... on StreamGap { reason }
} }`;

/** How many events are told before the socket is opened, for what a server needs to run warm. */
export const controlEvents = 2_000;

/**
 * Has a server tell two readers of events, and then of as many as are asked for beside a third who
 * has subscribed, stays, and reads nothing.
 */
export async function overwhelm(events: number): Promise<SlowConsumer> {
  await using resources = new AsyncDisposableStack();
  const { url, tokens, database, userId, probe } = await startProbedServer(resources);
  const newest = await database.prisma.loggedEvent.findFirstOrThrow({
    orderBy: { sequence: 'desc' },
  });
  const after = encodeEventCursor(eventCursorOf(newest));
  const readers = ['one', 'other'].map(() => {
    const client = createSocketClient(`${url}/graphql`, { tokens });
    resources.defer(() => client.dispose());
    return readLog(client, { after, topics: ['USER'] });
  });
  await append(database, userId, controlEvents, readers, () => {});
  const control = await probe.read();

  const webSocketUrl = `${url.replace('http', 'ws')}/graphql`;
  const socket = await openConversation({ webSocketUrl }, { token: tokens.accessToken });
  socket.send({ type: 'subscribe', id: '1', payload: { query: unreadStream } });
  const said = JSON.stringify(await socket.nextOf('1'));
  if (!said.includes('StreamCaughtUp')) throw new Error(`The stream is not live: ${said}`);
  socket.webSocket.pause();
  // Else it would be cut off, as one that does not answer.
  await append(database, userId, events, readers, () => socket.send({ type: 'ping' }));
  const burdened = await probe.read();
  socket.webSocket.resume();
  const healthy = readers.map(({ cursors, marks }) => ({
    events: cursors.length,
    distinct: new Set(cursors).size,
    gaps: marks.filter((mark) => !mark.startsWith('Stream')).length,
  }));
  return { control, burdened, fate: await fateOf(socket), healthy };
}

/** Starts a server on a database of its own, whose memory can be read, and signs its one user in. */
async function startProbedServer(resources: AsyncDisposableStack) {
  const scratch = resources.adopt(await createScratchDatabase(), ({ drop }) => drop());
  const log = createLog({ level: 'silent', format: 'json' });
  const database = resources.adopt(await openDatabase(scratch.settings, log), (it) => it.close());
  const yard = resources.adopt(await openServerYard(), (each) => each.close());
  const PORT = String(await findFreePort());
  const url = `http://127.0.0.1:${PORT}`;
  const own = { DATABASE_URL: scratch.url, PORT, PUBLIC_URL: url };
  const server = yard.start({ ...clusterSettings, ...probed, ...own });
  await server.ready();
  const tokens = await signInAt({ url }, clusterSettings.ADMIN_EMAIL);
  const { id: userId } = await database.prisma.user.findFirstOrThrow();
  const probe = resources.adopt(await openMemoryProbe(server), (each) => each.close());
  return { url, tokens, database, userId, probe };
}

/** Appends events as fast as they are read. */
async function append(
  { prisma }: Database,
  userId: string,
  count: number,
  readers: readonly LogReader[],
  onBatch: () => void,
): Promise<void> {
  const events = Array.from({ length: batch }, () => userChanged(userId, 'UPDATED', ['locale']));
  const goals = readers.map(({ cursors }) => cursors.length);
  for (let appended = batch; appended <= count; appended += batch) {
    await prisma.$transaction((transaction) => appendEvents(transaction, events));
    onBatch();
    await Promise.all(
      readers.map((reader, n) =>
        reader.until(() => reader.cursors.length >= (goals[n] ?? 0) + appended),
      ),
    );
  }
}

/** Reads what was kept for a reader, up to a gap or the end of its socket. */
async function fateOf(socket: ProtocolSocket): Promise<string> {
  for (;;) {
    try {
      const said = JSON.stringify(await socket.nextOf('1'));
      const [, reason] = /"reason":"(\w+)"/.exec(said) ?? [];
      if (reason !== undefined) return reason;
    } catch {
      return 'closed';
    }
  }
}
