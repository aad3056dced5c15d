import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database/database.ts';
import { openPostgres } from '../../src/platform/database/postgres.ts';
import { createJobQueue, type JobQueue } from '../../src/platform/jobs/queue.ts';
import { type CapturedLog, captureLog } from '../support/captured-log.ts';
import { createScratchDatabase, type ScratchDatabase } from '../support/postgres-server.ts';

interface Jobs {
  count: { number: number };
}

interface Instance {
  database: Database;
  queue: JobQueue<Jobs>;
}

const count = {
  retryLimit: 3,
  retryDelaySeconds: 1,
  retryDelayMaxSeconds: 1,
  timeoutSeconds: 30,
  concurrency: 4,
  urgent: true,
};

let scratch: ScratchDatabase;
let captured: CapturedLog;
let done: number[] = [];
let progress: EventTarget;
const instances: Instance[] = [];

beforeEach(async () => {
  scratch = await createScratchDatabase();
  captured = captureLog();
  done = [];
  progress = new EventTarget();
});

afterEach(async () => {
  for (const { queue, database } of instances.splice(0)) {
    await queue.stop(5_000);
    await database.close();
  }
  await scratch.drop();
});

function openInstance(): Instance {
  const database = openPostgres(scratch.settings, captured.log);
  const queue = createJobQueue<Jobs>({ database, log: captured.log, queues: { count } });
  const instance = { database, queue };
  instances.push(instance);
  return instance;
}

function start({ queue }: Instance): Promise<void> {
  return queue.start({
    async count({ number }) {
      done.push(number);
      progress.dispatchEvent(new Event('done'));
    },
  });
}

async function enqueue({ database, queue }: Instance, number: number): Promise<void> {
  await database.prisma.$transaction((tx) => queue.enqueue(tx, 'count', { number }));
}

async function doneCount(expected: number): Promise<void> {
  while (done.length < expected) {
    await new Promise((resolve) => progress.addEventListener('done', resolve, { once: true }));
  }
}

describe('the job queue on PostgreSQL', { timeout: 60_000 }, () => {
  it('is started by several instances at once, and each job is done by one of them', async () => {
    const all = [1, 2, 3, 4].map(openInstance);
    await Promise.all(all.map(start));
    const numbers = Array.from({ length: 100 }, (_, index) => index);
    await Promise.all(
      numbers.map((number) => enqueue(all[number % all.length] as Instance, number)),
    );
    await doneCount(numbers.length);
    expect(done.toSorted((one, other) => one - other)).toEqual(numbers);
    expect(captured.lines).toEqual([]);
  });

  it('does the jobs that come after every connection was lost', async () => {
    const instance = openInstance();
    await start(instance);
    await enqueue(instance, 1);
    await doneCount(1);
    await scratch.administer(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${scratch.name}'`,
    );
    await expect
      .poll(() =>
        enqueue(instance, 2).then(
          () => 'stored',
          () => 'lost',
        ),
      )
      .toBe('stored');
    await doneCount(2);
    expect(done).toEqual([1, 2]);
  });

  it('gives the job of an instance that died to another', async () => {
    const dead = openInstance();
    await dead.queue.start();
    await enqueue(dead, 1);
    await dead.database.prisma.$executeRaw`
      UPDATE pgboss.job SET state = 'active', started_on = now(), heartbeat_on = now() - interval '31 s'`;
    await start(openInstance());
    await doneCount(1);
    expect(done).toEqual([1]);
  });
});
