import { expect, it } from 'vitest';
import { openDatabase } from '../../src/platform/database/connect.ts';
import type { Database, PostgresSettings } from '../../src/platform/database/database.ts';
import { type EventCursor, logStart } from '../../src/platform/event-log/cursor.ts';
import { streamEvents } from '../../src/platform/event-log/stream.ts';
import { placeOf } from '../../src/platform/event-log/stream-entries.ts';
import { createTail, type EventTail } from '../../src/platform/event-log/tail.ts';
import { captureLog } from '../support/captured-log.ts';
import { appendNamed } from '../support/event-log.ts';
import { everything, takeOne } from '../support/event-stream.ts';
import { openTestDatabase } from '../support/migrated-database.ts';

const eventsEach = 100;
const { log } = captureLog();

interface Instance {
  database: Database;
  tail: EventTail;
}

it('streams lose and repeat nothing to readers that move between instances while events come', async () => {
  await using resources = new AsyncDisposableStack();
  const { driver, prisma } = resources.adopt(await openTestDatabase(), (each) => each.close());
  if (driver.kind !== 'postgres') throw new Error('This test needs PostgreSQL.');
  /** Starts what a process of its own would hold: connections and a tail. */
  async function startInstance({ settings }: { settings: PostgresSettings }): Promise<Instance> {
    const database = resources.adopt(await openDatabase(settings, log), (each) => each.close());
    const tail = resources.adopt(createTail({ database, log }), (each) => each.close());
    await tail.start();
    return { database, tail };
  }
  const instances = [await startInstance(driver), await startInstance(driver)];

  const reading = [2, 7, 50].map((stay) => readAbout(instances, stay, 2 * eventsEach));
  await Promise.all(instances.map(write));
  const told = await Promise.all(reading);

  const rows = await prisma.loggedEvent.findMany({ orderBy: { sequence: 'asc' } });
  expect(rows).toHaveLength(2 * eventsEach);
  for (const sequences of told) expect(sequences).toEqual(rows.map(({ sequence }) => sequence));
});

async function write({ database, tail }: Instance): Promise<void> {
  for (let event = 0; event < eventsEach; event += 1) {
    await appendNamed(database, `event ${event}`);
    tail.wake();
  }
}

/** Takes some events at an instance, leaves, and goes on at the next with the cursor it has. */
async function readAbout(instances: Instance[], stay: number, count: number): Promise<bigint[]> {
  const sequences: bigint[] = [];
  let after: EventCursor = logStart;
  while (sequences.length < count) {
    for (const { database, tail } of instances) {
      const stream = streamEvents({ prisma: database.prisma, tail }, { after, filter: everything });
      const until = Math.min(sequences.length + stay, count);
      while (sequences.length < until) {
        const entry = await takeOne(stream);
        if (entry.kind === 'gap') throw new Error(`There is a gap: ${entry.reason}.`);
        if (entry.kind === 'event') sequences.push(entry.event.sequence);
        after = placeOf(entry);
      }
      await stream.return?.();
    }
  }
  return sequences;
}
