import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthLimits, createAuthLimits } from '../../src/modules/auth/auth.limits.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { migrateDatabase } from '../../src/platform/database/migrate.ts';
import { openPostgres } from '../../src/platform/database/postgres.ts';
import { createKeyring } from '../../src/platform/keyring.ts';
import { serverOrigin } from '../../src/platform/origin.ts';
import { createRateLimiter } from '../../src/platform/rate-limiter.ts';
import { connectRedis } from '../../src/platform/redis.ts';
import { captureLog } from '../support/captured-log.ts';
import { anyAddress } from '../support/people.ts';
import { createScratchDatabase, type ScratchDatabase } from '../support/postgres-server.ts';

const keyring = createKeyring('a secret key that only tests use', null);
const { log } = captureLog();
const from = (ipAddress: string) => ({ ...serverOrigin('test'), ipAddress });

describe.each(['PostgreSQL', 'Redis'] as const)('two instances on %s', (store) => {
  let scratch: ScratchDatabase;
  let databases: Database[];
  let redis: Redis | null = null;
  let instances: AuthLimits[];
  const closers: (() => unknown)[] = [];

  beforeAll(async () => {
    scratch = await createScratchDatabase();
    databases = [1, 2].map(() => openPostgres(scratch.settings, log));
    await migrateDatabase(databases[0] as Database, log);
    if (store === 'Redis') redis = await connectRedis(redisUrl(), log);
    instances = databases.map((database) => {
      const limiter = createRateLimiter({ database, redis, keyring, log });
      closers.push(limiter.close);
      return createAuthLimits(limiter);
    });
  });

  afterAll(async () => {
    for (const close of closers) close();
    const keys = (await redis?.keys('sign-in/*')) ?? [];
    if (keys.length > 0) await redis?.del(...keys);
    redis?.disconnect();
    for (const database of databases) await database.close();
    await scratch.drop();
  });

  /** Tries on both at once, each time from another client; answers how many were let through. */
  const flood = async (email: string) => {
    const tries = Array.from({ length: 60 }, (_, index) =>
      instances[index % 2]?.chargeSignIn(from(anyAddress()), email),
    );
    return (await Promise.allSettled(tries)).filter(({ status }) => status === 'fulfilled').length;
  };

  it('let ten strangers through together, and then delay the others: RATE_LIMITED', async () => {
    const email = `${randomUUID()}@example.com`;
    expect(await flood(email)).toBe(10);
    await expect(instances[0]?.chargeSignIn(from(anyAddress()), email)).rejects.toMatchObject({
      scope: 'ACCOUNT',
    });
  });

  it('know together who has signed in, of which strangers are not told', async () => {
    const email = `${randomUUID()}@example.com`;
    await flood(email);
    const owner = from(anyAddress());
    await instances[0]?.noteSignIn(owner, email);
    expect(await flood(email)).toBeLessThan(5);
    await instances[1]?.chargeSignIn(owner, email);
  });
});

function redisUrl(): string {
  const { TEST_REDIS_URL } = process.env;
  if (!TEST_REDIS_URL) throw new Error('Set TEST_REDIS_URL, e.g. to redis://127.0.0.1:6379.');
  // Apart from the keys of other tests, since these are removed by their prefix.
  return new URL('/9', TEST_REDIS_URL).href;
}
