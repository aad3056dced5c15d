import { userChanged } from '../../../src/modules/user/user.events.ts';
import type { Database } from '../../../src/platform/database/database.ts';
import { appendEvents } from '../../../src/platform/event-log/append.ts';
import { createRandom } from '../random.ts';
import { createMoves, type Moves } from './moves.ts';
import { createProgress } from './progress.ts';
import { type ChaosReader, findFaults, startReader } from './readers.ts';
import { setScene } from './scene.ts';
import { pick, startWriters, writerConnections } from './writers.ts';

/** How a run goes; the seed decides what chance does. */
export interface ChaosPlan {
  seed: number;
  /** How many faults are made, each kind once at least where they suffice. */
  moves: number;
  /** Ends what hangs. */
  deadlineMs: number;
  /** Told of each as it is made. */
  onMove?(name: string): void;
}

/** What came of it. */
export interface ChaosOutcome {
  /** What readers were told wrong, in words; none is the proof. */
  faults: string[];
  /** Events that each reader was told of, and how often it came back. */
  readers: Record<string, { events: number; connections: number }>;
  writes: Record<string, number>;
  moves: Record<string, number>;
}

/** Between two faults, at least so many events are committed. */
const eventsBetween = 80;

/**
 * Has 200 writers, three servers and eight readers live through faults, and compares what each
 * reader was told with what the log has for it.
 */
export async function runChaos(plan: ChaosPlan): Promise<ChaosOutcome> {
  await using resources = new AsyncDisposableStack();
  const random = createRandom(plan.seed);
  const scene = await setScene(resources);
  const { cluster, plans, proxies, database, start } = scene;

  const readers: ChaosReader[] = [];
  const progress = createProgress(() => slowestOf(readers));
  for (const each of plans) readers.push(startReader(each, proxies, random, progress.change));
  for (const { leave } of readers) resources.defer(leave);
  const userIds = plans.map(({ userId }) => userId);
  const sessions = plans.filter(({ seesAll }) => !seesAll).map(({ session }) => session);
  const writers = startWriters({ ...scene, progress, userIds, sessions, seed: plan.seed });
  resources.defer(async () => void (await writers.stop()));
  const moves = createMoves({ ...scene, progress, userIds, readers, random });
  resources.defer(moves.settle);

  let isOver = false;
  resources.defer(() => {
    isOver = true;
  });
  async function play(): Promise<ChaosOutcome> {
    const made: ChaosOutcome['moves'] = {};
    for (const name of draw(moves, plan.moves, random)) {
      if (isOver) break;
      plan.onMove?.(name);
      made[name] = (made[name] ?? 0) + 1;
      await moves.kinds[name]?.();
      await progress.growth(eventsBetween);
    }
    const writes = await writers.stop();
    await moves.settle();
    await appendLast(database, userIds);
    const faults = await Promise.all(readers.map((each) => findFaults(each, cluster, start)));
    const counts = readers.map((each) => [each.name, each.counts()] as const);
    return { faults: faults.flat(), readers: Object.fromEntries(counts), writes, moves: made };
  }
  return await Promise.race([play(), anyEnd(readers), late(plan.deadlineMs, resources)]);
}

/** Tells where the administrator is who is behind the others; users have fewer events to come to. */
function slowestOf(readers: readonly ChaosReader[]): number {
  return Math.min(...readers.filter(({ seesAll }) => seesAll).map(({ place }) => place()));
}

/** Draws each kind once, in any order, and then whatever comes. */
function draw({ kinds }: Moves, count: number, random: () => number): string[] {
  const names = Object.keys(kinds);
  const once = names.map((name) => ({ name, place: random() }));
  once.sort((one, other) => one.place - other.place);
  return Array.from({ length: count }, (_, n) => once[n]?.name ?? pick(names, random));
}

/** Rejects once a stream is over, which none should be while it is read. */
async function anyEnd(readers: readonly ChaosReader[]): Promise<never> {
  const ends = readers.map(async ({ name, reader }) => ({ name, ...(await reader.ended) }));
  const { name, code, cause } = await Promise.race(ends);
  throw new Error(`The stream of ${name} is over: ${code}`, { cause });
}

/** Rejects when it has taken too long, so that processes and databases are cleared away even then. */
function late(deadlineMs: number, resources: AsyncDisposableStack): Promise<never> {
  return new Promise((_resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error('The run hangs.')), deadlineMs);
    resources.defer(() => clearTimeout(deadline));
  });
}

/** Writes about each reader once more, which tells that nothing before it is to come. */
async function appendLast({ prisma }: Database, userIds: string[]): Promise<void> {
  const events = userIds.map((userId) => userChanged(userId, 'UPDATED', ['locale']));
  for (let tries = 1; ; tries += 1) {
    try {
      return await prisma.$transaction((transaction) => appendEvents(transaction, events));
    } catch (error) {
      // A connection of the pool had been ended: some other is fresh.
      if (tries > 2 * writerConnections) throw error;
    }
  }
}
