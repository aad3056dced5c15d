import { setTimeout as pause } from 'node:timers/promises';
import { userChanged } from '../../../src/modules/user/user.events.ts';
import type { Database, Transaction } from '../../../src/platform/database/database.ts';
import { appendEvents, type NewEvent } from '../../../src/platform/event-log/append.ts';
import { createRandom } from '../random.ts';
import { askAs, type ClusterServer, type ClusterSession } from '../server-cluster.ts';
import type { Progress } from './progress.ts';

/** Those who write at a time, on so many connections. */
const writers = 200;
export const writerConnections = 20;

/** What the writers work on. */
export interface WriterParts {
  database: Database;
  servers: readonly ClusterServer[];
  /** Who is written about. */
  userIds: readonly string[];
  /** Who change their own accounts through the servers. */
  sessions: readonly ClusterSession[];
  progress: Progress;
  seed: number;
}

/** Writers at work. */
export interface Writers {
  /** Resolves once all have come to an end. */
  stop(): Promise<{ committed: number; failed: number; renamed: number; unanswered: number }>;
}

/** Starts 200 that append, some of whom pause before their commit or roll back, and a few clients. */
export function startWriters(parts: WriterParts): Writers {
  const { database, servers, userIds, sessions, progress, seed } = parts;
  const tally = { committed: 0, failed: 0, renamed: 0, unanswered: 0 };
  let isStopped = false;

  async function append(random: () => number): Promise<void> {
    while (!isStopped) {
      await progress.room();
      const events = Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
        changeOf(pick(userIds, random)),
      );
      progress.begin(events.length);
      const pauseMs = random() < 0.5 ? 0 : random() * 20;
      const isRolledBack = random() < 0.1;
      try {
        const highest = await database.prisma.$transaction(
          async (transaction) => {
            await appendEvents(transaction, events);
            const number = await readHighest(transaction);
            if (pauseMs > 0) await pause(pauseMs);
            if (isRolledBack) throw new Error('Rolled back on purpose.');
            return number;
          },
          { maxWait: 60_000 },
        );
        tally.committed += 1;
        progress.end(events.length, highest);
      } catch {
        // Or its connection was ended: whether it was committed, is for the log to tell.
        tally.failed += 1;
        progress.end(events.length, null);
      }
    }
  }

  async function rename({ accessToken }: ClusterSession, random: () => number): Promise<void> {
    for (let change = 0; !isStopped; change += 1) {
      await progress.room();
      const mutation = `mutation { updateProfile(input: { displayName: "Name ${change}" }) { __typename } }`;
      const { data } = await askAs(accessToken, pick(servers, random), mutation);
      if (data === null) {
        tally.unanswered += 1;
        // As clients do that are not answered.
        await pause(random() * 50);
      } else tally.renamed += 1;
    }
  }

  const randomOf = (writer: number) => createRandom(seed + 1 + writer);
  const working = [
    ...Array.from({ length: writers }, (_, writer) => append(randomOf(writer))),
    ...sessions.map((session, writer) => rename(session, randomOf(writers + writer))),
  ];
  return {
    async stop() {
      isStopped = true;
      progress.finish();
      await Promise.all(working);
      return tally;
    },
  };
}

/** Reads the highest number that is in use by now, by whomever. */
async function readHighest(transaction: Transaction): Promise<number> {
  const [row] = await transaction.$queryRaw<{ number: bigint }[]>`
    SELECT last_value AS number FROM logged_event_sequence_seq`;
  return Number(row?.number);
}

const changeOf = (userId: string): NewEvent => userChanged(userId, 'UPDATED', ['displayName']);

/** Draws one of several. */
export function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('There is nothing to draw from.');
  return item;
}
