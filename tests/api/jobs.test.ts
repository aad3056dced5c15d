import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database/database.ts';
import type { JobSettings } from '../../src/platform/jobs/job-settings.ts';
import { createJobQueue, type JobQueue } from '../../src/platform/jobs/queue.ts';
import type { JobContext, JobHandler } from '../../src/platform/jobs/worker.ts';
import { type CapturedLog, captureLog } from '../support/captured-log.ts';
import { openTestDatabase } from '../support/migrated-database.ts';

interface Jobs {
  greet: { name: string };
}

const settings: JobSettings = {
  retryLimit: 1,
  retryDelaySeconds: 1,
  retryDelayMaxSeconds: 1,
  timeoutSeconds: 30,
  concurrency: 2,
  urgent: true,
};

let database: Database;
let captured: CapturedLog;
const opened: JobQueue<Jobs>[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
});

beforeEach(() => {
  captured = captureLog();
});

afterEach(async () => {
  for (const queue of opened.splice(0)) await queue.stop(1_000);
  await database.prisma.$executeRaw`DELETE FROM pgboss.job`;
});

afterAll(() => database.close());

function createQueue(changes: Partial<JobSettings> = {}): JobQueue<Jobs> {
  const queue = createJobQueue<Jobs>({
    database,
    log: captured.log,
    queues: { greet: { ...settings, ...changes } },
  });
  opened.push(queue);
  return queue;
}

/** Works jobs with a handler whose calls can be awaited one by one. */
async function startQueue(handle: JobHandler<Jobs['greet']>, changes?: Partial<JobSettings>) {
  const queue = createQueue(changes);
  const calls: { data: Jobs['greet']; context: JobContext }[] = [];
  const arrivals = new EventTarget();
  await queue.start({
    async greet(data, context) {
      calls.push({ data, context });
      arrivals.dispatchEvent(new Event('call'));
      await handle(data, context);
    },
  });
  const called = async (count: number) => {
    while (calls.length < count) {
      await new Promise((resolve) => arrivals.addEventListener('call', resolve, { once: true }));
    }
    return calls;
  };
  return { queue, called, calls };
}

function greet(queue: JobQueue<Jobs>, name: string): Promise<void> {
  return database.prisma.$transaction((tx) => queue.enqueue(tx, 'greet', { name }));
}

function storedJobs() {
  return database.prisma.$queryRaw<{ state: string; retries: number; output: unknown }[]>`
    SELECT state::text, retry_count AS retries, output FROM pgboss.job WHERE name = 'greet'`;
}

describe('the job queue', () => {
  it('does a job whose transaction commits', async () => {
    const { queue, called } = await startQueue(async () => {});
    await greet(queue, 'Ada');
    const [call] = await called(1);
    expect(call?.data).toEqual({ name: 'Ada' });
    expect(call?.context).toMatchObject({
      attempt: 1,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('knows nothing of a job whose transaction rolls back', async () => {
    const { queue, called } = await startQueue(async () => {});
    const transaction = database.prisma.$transaction(async (tx) => {
      await queue.enqueue(tx, 'greet', { name: 'Eve' });
      throw new Error('rolled back');
    });
    await expect(transaction).rejects.toThrow('rolled back');
    await greet(queue, 'Ada');
    expect((await called(1)).map(({ data }) => data.name)).toEqual(['Ada']);
    expect(await storedJobs()).toHaveLength(1);
  });

  it('adds a job once in an hour for each key, if that is wanted', async () => {
    const queue = createQueue();
    await queue.start();
    // In one transaction: an hour may end between two.
    await database.prisma.$transaction(async (tx) => {
      for (const name of ['Ada', 'Ada', 'Bob']) {
        await queue.enqueue(tx, 'greet', { name }, { oncePerHour: name });
      }
    });
    expect(await storedJobs()).toHaveLength(2);
  });

  it('refuses a job before it is started, rather than wait for the transaction itself', async () => {
    await expect(greet(createQueue(), 'Ada')).rejects.toThrow('The job queue is not started.');
  });

  it('leaves the work to others when it has no handlers', async () => {
    const producer = createQueue();
    await producer.start();
    await greet(producer, 'Ada');
    expect(await storedJobs()).toMatchObject([{ state: 'created' }]);
    const { called } = await startQueue(async () => {});
    await called(1);
  });

  it('works off a backlog without a pause between jobs', async () => {
    const producer = createQueue();
    await producer.start();
    const names = Array.from({ length: 20 }, (_, index) => `person ${index}`);
    for (const name of names) await greet(producer, name);
    const { called } = await startQueue(async () => {}, { concurrency: 1 });
    const finished = await Promise.race([
      called(names.length),
      new Promise((resolve) => setTimeout(resolve, 5_000, 'too slow')),
    ]);
    expect(finished).toHaveLength(names.length);
  });

  it('works as many jobs at a time as it may', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { queue, called, calls } = await startQueue(() => gate, { concurrency: 2 });
    for (const name of ['a', 'b', 'c']) await greet(queue, name);
    await called(2);
    expect(calls).toHaveLength(2);
    release();
    await called(3);
  });
});

describe('a job that fails', () => {
  it('is tried again under the same id, and logged without data or message', async () => {
    const { queue, called } = await startQueue(async (_data, { attempt }) => {
      if (attempt === 1) throw new Error('no such person: ada@example.org');
    });
    await greet(queue, 'ada@example.org');
    const [first, second] = await called(2);
    expect(second?.context).toMatchObject({ id: first?.context.id, attempt: 2 });
    const line = await captured.line('A job failed; it will be tried again.');
    expect(line).toMatchObject({ job: 'greet', jobId: first?.context.id, attempt: 1 });
    expect(line).toMatchObject({
      fault: { type: 'Error', code: null },
    });
    expect(captured.text()).not.toContain('ada@example.org');
  });

  it('stays visible as failed after its last try, without the message', async () => {
    const { queue } = await startQueue(async () => {
      throw Object.assign(new TypeError('550 ada@example.org'), { code: 'EENVELOPE' });
    });
    await greet(queue, 'Ada');
    await captured.line('A job failed as often as allowed.');
    await queue.stop(1_000);
    const stored = await storedJobs();
    expect(stored).toMatchObject([
      { state: 'failed', retries: 1, output: { type: 'TypeError', code: 'EENVELOPE' } },
    ]);
    expect(JSON.stringify(stored)).not.toContain('ada@example.org');
  });

  it('is not tried again when the error says that it is permanent', async () => {
    const { queue, calls } = await startQueue(async () => {
      throw Object.assign(new Error('refused'), { permanent: true });
    });
    await greet(queue, 'Ada');
    await captured.line('A job failed for good.');
    await queue.stop(1_000);
    expect(calls).toHaveLength(1);
    expect(await storedJobs()).toMatchObject([{ state: 'failed', retries: 0 }]);
  });

  it('does not hold up the next one', async () => {
    const { queue, called } = await startQueue(
      async ({ name }) => {
        if (name === 'bad') throw new Error('bad');
      },
      { concurrency: 1, retryDelaySeconds: 60, retryDelayMaxSeconds: 60 },
    );
    await greet(queue, 'bad');
    await greet(queue, 'good');
    expect((await called(2)).map(({ data }) => data.name)).toEqual(['bad', 'good']);
  });
});

describe('stopping the job queue', () => {
  it('waits for the running job and takes no other', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { queue, called, calls } = await startQueue(() => gate, { concurrency: 1 });
    await greet(queue, 'running');
    await called(1);
    await greet(queue, 'waiting');
    const stopped = queue.stop(5_000);
    release();
    await stopped;
    expect(calls).toHaveLength(1);
    expect((await storedJobs()).map(({ state }) => state).sort()).toEqual(['completed', 'created']);
  });

  it('cuts off a job that outlasts the grace, to be tried again', async () => {
    const { queue, called } = await startQueue(
      (_data, { signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    );
    await greet(queue, 'Ada');
    await called(1);
    await queue.stop(1_000);
    expect(captured.lines).toContainEqual(expect.objectContaining({ msg: 'A job was cut off.' }));
    expect(await storedJobs()).toMatchObject([{ state: 'retry' }]);
    const next = await startQueue(async () => {});
    const [again] = await next.called(1);
    expect(again).toMatchObject({ data: { name: 'Ada' }, context: { attempt: 2 } });
  });

  it('still stores jobs, for the next start', async () => {
    const { queue } = await startQueue(async () => {});
    await queue.stop(1_000);
    await greet(queue, 'Ada');
    expect(await storedJobs()).toMatchObject([{ state: 'created' }]);
  });

  it('needs no second stop and no start', async () => {
    const queue = createQueue();
    await queue.stop(1_000);
    await queue.start();
    await queue.stop(1_000);
    await queue.stop(1_000);
  });
});
