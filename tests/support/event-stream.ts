import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { PrismaClient } from '../../src/generated/prisma/client.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { type EventCursor, eventCursorOf } from '../../src/platform/event-log/cursor.ts';
import type { EventFilter } from '../../src/platform/event-log/filter.ts';
import {
  type StreamQuery,
  type StreamSource,
  streamEvents,
} from '../../src/platform/event-log/stream.ts';
import type { StreamEntry } from '../../src/platform/event-log/stream-entries.ts';
import { createTail, type EventTail } from '../../src/platform/event-log/tail.ts';
import { captureLog } from './captured-log.ts';
import { appendNamed, countListeners, gather, namesOf } from './event-log.ts';
import { openTestDatabase } from './migrated-database.ts';

/** Somebody whom named events can be about. */
export const ada = '019aa1b2-0000-7000-8000-00000000000a';

/** Wants all named events. */
export const everything: EventFilter = {
  userId: ada,
  wholeTopics: ['USER'],
  audiences: [],
  topics: null,
};

/** Names so many events. */
export const numbered = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, n) => `event ${from + n}`);

/** Names them as they are read back. */
export const old = (names: string[]): string[] => names.map((name) => `old ${name}`);

/** A log that is empty before each test, its tail, and streams of it. */
export interface StreamTest {
  readonly database: Database;
  readonly tail: EventTail;
  /** How many listen to the tail. */
  listeners(): number;
  append(...names: string[]): Promise<void>;
  /** Appends, and waits until the tail has told of it. */
  appendAndTell(...names: string[]): Promise<void>;
  /** Opens a stream of everything. */
  open(
    after: EventCursor | null,
    options?: Partial<StreamSource> & Partial<StreamQuery>,
  ): AsyncIterableIterator<StreamEntry, undefined>;
}

/** Opens a database for a test file; answers an object that is filled in before each test. */
export function useStreams(): StreamTest {
  const running = {} as { database: Database; tail: EventTail; listeners: () => number };
  beforeAll(async () => {
    running.database = await openTestDatabase();
  });
  afterAll(() => running.database.close());
  beforeEach(async () => {
    const { database } = running;
    await database.prisma.$executeRaw`TRUNCATE logged_event RESTART IDENTITY`;
    const tail = createTail({ database, log: captureLog().log });
    await tail.start();
    Object.assign(running, countListeners(tail));
  });
  afterEach(() => running.tail.close());

  async function append(...names: string[]) {
    await appendNamed(running.database, ...names);
    running.tail.wake();
  }
  return Object.assign(running, {
    append,
    async appendAndTell(...names: string[]) {
      const told = gather(running.tail);
      await append(...names);
      await told.count(names.length);
      told.leave();
    },
    open: ((after, options = {}) => {
      const {
        prisma = running.database.prisma,
        tail = running.tail,
        heartbeats,
        ...query
      } = options;
      return streamEvents(
        { prisma, tail, ...(heartbeats && { heartbeats }) },
        { after, filter: everything, ...query },
      );
    }) satisfies StreamTest['open'],
  });
}

/** Writes an entry in short: `old a` of a replayed event, `a` of a live one, else its kind. */
function nameOf(entry: StreamEntry | undefined): string {
  if (entry === undefined) return 'over';
  if (entry.kind === 'gap') return entry.reason;
  if (entry.kind !== 'event') return entry.kind;
  const [name = ''] = namesOf({ events: [entry.event] });
  return entry.replayed ? `old ${name}` : name;
}

/** Takes so many entries, in short. */
export async function take(stream: AsyncIterator<StreamEntry>, count: number): Promise<string[]> {
  const names: string[] = [];
  while (names.length < count) names.push(nameOf((await stream.next()).value));
  return names;
}

/** Takes the next entry. */
export async function takeOne(stream: AsyncIterator<StreamEntry>): Promise<StreamEntry> {
  const { value, done } = await stream.next();
  if (done) throw new Error('The stream is over.');
  return value;
}

/** Takes entries until one is caught up; answers those before it, in short. */
export async function takeReplay(stream: AsyncIterator<StreamEntry>): Promise<string[]> {
  const names: string[] = [];
  for (;;) {
    const entry = await takeOne(stream);
    if (entry.kind === 'caught-up') return names;
    names.push(nameOf(entry));
  }
}

/** Finds the cursor of the row with a number. */
export async function cursorAt({ prisma }: Database, sequence: bigint): Promise<EventCursor> {
  return eventCursorOf(await prisma.loggedEvent.findUniqueOrThrow({ where: { sequence } }));
}

/** Wraps a client so that something can happen after each of its readings of the log. */
export function interrupt(
  prisma: PrismaClient,
  afterReading: (reading: number) => Promise<void>,
): PrismaClient {
  let readings = 0;
  async function read<Rows>(rows: Promise<Rows>): Promise<Rows> {
    await rows;
    readings += 1;
    await afterReading(readings);
    return rows;
  }
  return prisma.$extends({
    query: {
      loggedEvent: { $allOperations: ({ args, query }) => read(query(args)) },
      $queryRaw: ({ args, query }) => read(query(args)),
    },
  }) as unknown as PrismaClient;
}
