import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import {
  decodeEventCursor,
  encodeEventCursor,
  eventCursorOf,
} from '../../../src/platform/event-log/cursor.ts';
import { createSocketClient } from '../clients/web-socket.ts';
import { type LogReader, readLog } from '../log-reader.ts';
import type { Cluster, ClusterSession } from '../server-cluster.ts';
import type { TcpProxy } from '../tcp-proxy.ts';
import { pick } from './writers.ts';

/** Somebody who follows the log over sockets to any of the servers. */
export interface ChaosReader {
  name: string;
  userId: string;
  seesAll: boolean;
  reader: LogReader;
  /** The number of the event that it has come to. */
  place(): number;
  /** How many events it was told of, over how many connections. */
  counts(): { events: number; connections: number };
  /** Takes its connection for dead, if it has one; resolves once it is told something over another. */
  giveUp(): Promise<void>;
  leave(): Promise<void>;
}

/** Who reads, and as whom. */
export interface ReaderPlan extends Pick<ChaosReader, 'name' | 'userId' | 'seesAll'> {
  session: ClusterSession;
  after: string;
}

/** What readers follow; only administrators see the audit trail. */
const topics = ['USER', 'AUDIT'] as const;

/** Starts a reader that comes back to a server that chance picks. */
export function startReader(
  { session, after, ...plan }: ReaderPlan,
  proxies: readonly TcpProxy[],
  random: () => number,
  onItem: () => void,
): ChaosReader {
  const client = createSocketClient(
    '',
    { tokens: session },
    {
      url: () => `ws://127.0.0.1:${pick(proxies, random).port}/graphql`,
      webSocketImpl: WebSocket,
      retryWait: () => pause(random() * 200),
    },
  );
  const reader = readLog(
    client,
    { after, topics: [...topics] },
    { onItem, pauseMs: () => random() * 200 },
  );
  let connections = 0;
  let isConnected = false;
  client.on('connected', () => {
    connections += 1;
    isConnected = true;
  });
  client.on('closed', () => {
    isConnected = false;
  });
  return {
    ...plan,
    reader,
    place: () => Number(decodeEventCursor(reader.cursor() ?? '')?.sequence),
    async giveUp() {
      if (!isConnected) return;
      client.terminate();
      const { cursors, marks } = reader;
      const told = cursors.length + marks.length;
      await reader.until(() => cursors.length + marks.length > told);
    },
    counts: () => ({ events: reader.cursors.length, connections }),
    async leave() {
      reader.leave();
      await client.dispose();
    },
  };
}

/** A row of the log as the database tells of it. */
interface Row {
  sequence: string;
  id: string;
}

const cursorOf = ({ sequence, id }: Row) =>
  encodeEventCursor(eventCursorOf({ sequence: BigInt(sequence), id }));

/** Finds the newest row, of a user or of all. */
export async function findNewest(
  { query }: Cluster,
  userId: string | null = null,
): Promise<{ sequence: string; cursor: string }> {
  const [row] = await query<Row>(
    `SELECT sequence, id FROM logged_event
     WHERE $1::uuid IS NULL OR (user_id = $1 AND topic = 'USER') ORDER BY sequence DESC LIMIT 1`,
    [userId],
  );
  if (row === undefined) throw new Error('There is no such event.');
  return { sequence: row.sequence, cursor: cursorOf(row) };
}

/** Waits until a reader was told of the newest event about itself; says what is wrong up to there. */
export async function findFaults(
  { name, userId, seesAll, reader }: ChaosReader,
  cluster: Cluster,
  { sequence: after }: { sequence: string },
): Promise<string[]> {
  const last = await findNewest(cluster, userId);
  await reader.until(() => reader.cursors.includes(last.cursor));
  const rows = await cluster.query<Row>(
    `SELECT sequence, id FROM logged_event
     WHERE sequence > $1 AND sequence <= $2 AND topic = ANY($3) AND (user_id = $4 OR $5)
     ORDER BY sequence`,
    [after, last.sequence, topics, userId, seesAll],
  );
  const placeOf = new Map(rows.map((row, place) => [cursorOf(row), place]));
  const cursors = reader.cursors.slice(0, reader.cursors.lastIndexOf(last.cursor) + 1);
  const places = cursors.map((cursor) => placeOf.get(cursor) ?? -1);
  const told = new Set(cursors);
  const faults = [
    [
      placeOf
        .keys()
        .filter((cursor) => !told.has(cursor))
        .toArray().length,
      'missed',
    ],
    [cursors.length - told.size, 'told twice'],
    [places.filter((place) => place < 0).length, 'not for this reader'],
    [places.filter((place, n) => place < (places[n - 1] ?? -1)).length, 'out of order'],
    [reader.marks.filter((mark) => !mark.startsWith('Stream')).length, 'gaps'],
  ] as const;
  return faults
    .filter(([count]) => count > 0)
    .map(([count, fault]) => `${name}: ${count} of ${rows.length} ${fault}`);
}
