import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openDatabase } from '../../src/platform/database/connect.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { appendEvents } from '../../src/platform/event-log/append.ts';
import { createTail } from '../../src/platform/event-log/tail.ts';
import { captureLog } from '../support/captured-log.ts';
import { gather, namedEvents } from '../support/event-log.ts';
import { openTestDatabase } from '../support/migrated-database.ts';
import { createRandom } from '../support/random.ts';

const WRITERS_EACH = 6;
const TRANSACTIONS_EACH = 50;
const seed = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);
const { log } = captureLog();

it(`loses and reorders nothing under two times ${WRITERS_EACH} writers (TEST_SEED=${seed})`, async () => {
  await using resources = new AsyncDisposableStack();
  const database = resources.adopt(await openTestDatabase(), (opened) => opened.close());
  if (database.driver.kind !== 'postgres') throw new Error('This test needs PostgreSQL.');
  const settings = { ...database.driver.settings, poolSize: WRITERS_EACH + 4 };
  /** Starts what a process of its own would hold: connections and a tail. */
  async function startInstance() {
    const opened = resources.adopt(await openDatabase(settings, log), (pool) => pool.close());
    const tail = resources.adopt(createTail({ database: opened, log }), (each) => each.close());
    await tail.start();
    return { database: opened, tail, delivered: gather(tail) };
  }
  const instances = [await startInstance(), await startInstance()];

  const committed: string[] = [];
  const writing = instances.flatMap(({ database, tail }, instance) =>
    Array.from({ length: WRITERS_EACH }, (_, n) => {
      const writer = instance * WRITERS_EACH + n;
      return write(database, `${writer}`, createRandom(seed + writer), (names) => {
        committed.push(...names);
        tail.wake();
      });
    }),
  );
  await Promise.all(writing);
  await Promise.all(instances.map(({ delivered }) => delivered.count(committed.length)));

  const rows = await database.prisma.loggedEvent.findMany({ orderBy: { sequence: 'asc' } });
  for (const { delivered } of instances) {
    const { pages, names } = delivered;
    expect(pages.flatMap((page) => page.events)).toEqual(rows);
    expect(names.toSorted()).toEqual(committed.toSorted());
  }
});

/** Commits transactions of one to three events; pauses before each end and rolls one in ten back. */
async function write(
  { prisma }: Database,
  writer: string,
  random: () => number,
  onCommit: (names: string[]) => void,
) {
  for (let transaction = 0; transaction < TRANSACTIONS_EACH; transaction += 1) {
    const count = 1 + Math.floor(random() * 3);
    const names = Array.from({ length: count }, (_, n) => `${writer}/${transaction}/${n}`);
    const isRolledBack = random() < 0.1;
    const pauseMs = random() < 0.5 ? 0 : random() * 25;
    const done = prisma.$transaction(async (tx) => {
      await appendEvents(tx, namedEvents(...names));
      if (pauseMs > 0) await pause(pauseMs);
      if (isRolledBack) throw new RolledBack();
    });
    await done.then(
      () => onCommit(names),
      (error: unknown) => {
        if (!(error instanceof RolledBack)) throw error;
      },
    );
  }
}

class RolledBack extends Error {}
