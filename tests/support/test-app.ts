import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type App, startApp } from '../../src/app.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import type { Clock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { type Outbox, openOutbox } from '../../src/platform/mail/outbox-transport.ts';
import { announceAccess } from './access-notices.ts';
import { type CapturedLog, captureLog } from './captured-log.ts';
import { emptyTables, openTestDatabase } from './migrated-database.ts';
import { requireNoSecrets } from './used-secrets.ts';

/** A whole instance without its socket, on a database of its own. */
export interface TestApp {
  readonly app: App;
  readonly config: Config;
  readonly database: Database;
  readonly outbox: Outbox;
  readonly logged: CapturedLog;
  /** The time of the instance; the database keeps its own. */
  readonly clock: { now: () => Date; advance(seconds: number): void };
}

// The least that development accepts: tests hash often.
const quickHashing = { PASSWORD_HASH_MEMORY_KIB: '1024', PASSWORD_HASH_ITERATIONS: '1' };

// Failures are frequent, and what hides their differences would hide them from tests, too.
const noFloor = { SIGN_IN_FLOOR_MS: '0' };

// Whole test files come from one client.
const patientLimits = { CLIENT_OPERATIONS_PER_MINUTE: '1000000' };

/** What the instances of the tests derive their keys from unless given a SECRET_KEY. */
export const secretKey = 'a secret key that only tests use, long enough';

/**
 * Starts an instance once for a test file and empties its tables before each test. Answers an
 * object that is filled in by then.
 */
export function useTestApp(environment: Record<string, string> = {}): TestApp {
  const running: Partial<TestApp> & { stop?: () => Promise<void> } = {};
  beforeAll(async () => {
    Object.assign(running, await startTestApp(environment));
  });
  beforeEach(async () => {
    if (!running.database || !running.config) return;
    await emptyTables(running.database);
    // What the test before left running may be writing one more.
    await rm(outboxOf(running.config), { recursive: true, force: true, maxRetries: 5 });
    await announceAccess({ database: running.database }, 'everybody');
  });
  afterAll(async () => {
    await running.stop?.();
    if (running.logged) requireNoSecrets(running.logged.text());
  });
  return running as TestApp;
}

/** Starts an instance, on a migrated database of its own unless given one; whoever starts it stops it. */
export async function startTestApp(
  environment: Record<string, string> = {},
  openDatabase: () => Promise<Database> = openTestDatabase,
): Promise<TestApp & { stop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'latchkey-app-'));
  const config = loadConfig({
    DATA_DIR: directory,
    ...quickHashing,
    ...noFloor,
    ...patientLimits,
    ...environment,
  });
  const logged = captureLog();
  const database = await openDatabase();
  const clock = createTestClock();
  const outbox = openOutbox(outboxOf(config), clock.now);
  const close = async () => {
    await database.close();
    await rm(directory, { recursive: true, force: true });
  };
  const app = await startApp({
    config,
    database,
    secretKey: config.secretKey ?? secretKey,
    mails: outbox,
    outbox: config.mode === 'development' ? outbox : null,
    redis: null,
    doesJobs: true,
    clock: clock.now,
    log: logged.log,
  }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    app,
    config,
    database,
    outbox,
    logged,
    clock,
    async stop() {
      await app.stop(5_000);
      await close();
    },
  };
}

const outboxOf = ({ dataDir }: Config) => join(dataDir, 'outbox');

function createTestClock() {
  let offsetMs = 0;
  const now: Clock = () => new Date(Date.now() + offsetMs);
  return {
    now,
    advance(seconds: number) {
      offsetMs += seconds * 1000;
    },
  };
}
