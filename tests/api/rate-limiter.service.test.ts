import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database/database.ts';
import { migrateDatabase } from '../../src/platform/database/migrate.ts';
import { openPostgres } from '../../src/platform/database/postgres.ts';
import { createKeyring } from '../../src/platform/keyring.ts';
import { createRateLimiter, type RateLimit } from '../../src/platform/rate-limiter.ts';
import { connectRedis } from '../../src/platform/redis.ts';
import { type CapturedLog, captureLog } from '../support/captured-log.ts';
import { createScratchDatabase, type ScratchDatabase } from '../support/postgres-server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

const keyring = createKeyring('a secret key that only tests use', null);
const points = 100;
const redisUrl = testRedisUrl();

let scratch: ScratchDatabase;
let database: Database;
const captured: CapturedLog = captureLog();
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  scratch = await createScratchDatabase();
  database = openPostgres(scratch.settings, captured.log);
  await migrateDatabase(database, captured.log);
});

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

afterAll(async () => {
  await database.close();
  await scratch.drop();
});

function testRedisUrl(): string {
  const url = process.env.TEST_REDIS_URL;
  if (!url) throw new Error('Set TEST_REDIS_URL, e.g. to redis://127.0.0.1:6379.');
  return url;
}

/** A limit that no earlier run has charged; what it leaves in Redis is removed. */
function createLimit(limitPoints = points): RateLimit {
  const name = `test-${randomUUID()}`;
  closers.push(async () => {
    const redis = await openRedis();
    const keys = await redis.keys(`${name}:*`);
    if (keys.length > 0) await redis.del(...keys);
    redis.disconnect();
  });
  return { name, points: limitPoints, windowSeconds: 600, scope: 'ACCOUNT' };
}

function openRedis(url = redisUrl, log = captured.log): Promise<Redis> {
  return connectRedis(url, log);
}

function createLimiter(redis: Redis | null) {
  const limiter = createRateLimiter({ database, redis, keyring, log: captured.log });
  closers.push(limiter.close);
  return limiter;
}

/** Starts two processes, lets both try at the same time, and adds up what they were allowed. */
async function tryFromTwoProcesses(limit: RateLimit, redis: string, tries: number) {
  const script = join(import.meta.dirname, '../support/rate-limiter-process.ts');
  const children = [1, 2].map(() => {
    const args = [script, scratch.url, redis, limit.name, String(limit.points), String(tries)];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    closers.push(() => child.kill('SIGKILL'));
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    return { child, lines };
  });
  for (const { lines } of children) expect((await lines.next()).value).toBe('ready');
  for (const { child } of children) child.stdin.write('go\n');
  const allowed = await Promise.all(children.map(({ lines }) => lines.next()));
  return allowed.map(({ value }) => Number(value));
}

describe('the rate limiter on PostgreSQL', () => {
  it('allows two processes together exactly as many tries as the limit has points', async () => {
    const [one = 0, other = 0] = await tryFromTwoProcesses(createLimit(), '', 150);
    expect(one + other).toBe(points);
  });

  it('stores no key in the clear, and starts anew after the window', async () => {
    const limiter = createLimiter(null);
    const limit = createLimit(1);
    await limiter.charge(limit, 'ada@example.org');
    await expect(limiter.charge(limit, 'ada@example.org')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterSeconds: 600,
    });
    const where = { key: { startsWith: limit.name } };
    const [row] = await database.prisma.rateLimitEntry.findMany({ where });
    expect(row?.key).toMatch(/^test-[0-9a-f-]{36}:[\w-]{43}$/);
    await database.prisma.rateLimitEntry.updateMany({ where, data: { expire: Date.now() } });
    await limiter.charge(limit, 'ada@example.org');
  });

  it('refuses with the fault of the database rather than allow, when it is away', async () => {
    const proxy = await startTcpProxy('127.0.0.1', Number(new URL(scratch.url).port || 5432));
    const url = new URL(scratch.url);
    url.host = `127.0.0.1:${proxy.port}`;
    const away = openPostgres({ ...scratch.settings, url: url.href }, captured.log);
    const limiter = createRateLimiter({ database: away, redis: null, keyring, log: captured.log });
    closers.push(away.close, limiter.close);
    const limit = createLimit();
    await limiter.charge(limit, 'ada');
    await proxy.close();
    await expect(limiter.charge(limit, 'ada')).rejects.toThrow();
  });
});

describe('the rate limiter on Redis', () => {
  it('allows two processes together exactly as many tries as the limit has points', async () => {
    const [one = 0, other = 0] = await tryFromTwoProcesses(createLimit(), redisUrl, 150);
    expect(one + other).toBe(points);
  });

  it('stores no key in the clear, and lets Redis forget it after the window', async () => {
    const redis = await openRedis();
    closers.push(() => redis.disconnect());
    const limiter = createLimiter(redis);
    const limit = createLimit(1);
    await limiter.charge(limit, 'ada@example.org');
    await expect(limiter.charge(limit, 'ada@example.org')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterSeconds: 600,
    });
    const [key = ''] = await redis.keys(`${limit.name}:*`);
    expect(key).toMatch(/^test-[0-9a-f-]{36}:[\w-]{43}$/);
    expect(await redis.ttl(key)).toBeGreaterThan(0);
    await redis.del(key);
    await limiter.charge(limit, 'ada@example.org');
  });

  it('counts by itself while Redis is away, says so once, and returns to Redis', async () => {
    const { hostname, port } = new URL(redisUrl);
    const proxy = await startTcpProxy(hostname, Number(port || 6379));
    const { log, lines, line } = captureLog();
    const redis = await openRedis(`redis://127.0.0.1:${proxy.port}`, log);
    closers.push(proxy.close, () => redis.disconnect());
    const limiter = createRateLimiter({ database, redis, keyring, log });
    const limit = createLimit(1);
    await limiter.charge(limit, 'ada');
    await proxy.cut();
    await limiter.charge(limit, 'ada');
    await expect(limiter.charge(limit, 'ada')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    const message = 'Redis is away: each process counts its own rate limits.';
    expect(lines.filter(({ msg }) => msg === message)).toHaveLength(1);
    await proxy.restore();
    await line('Redis is back.');
    await expect(limiter.charge(limit, 'ada')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await limiter.charge(limit, 'bob');
    expect(await redis.keys(`${limit.name}:*`)).toHaveLength(2);
  });

  it('is there from the start on when Redis is not', async () => {
    const { log, text } = captureLog();
    const redis = await openRedis('redis://:hunter2@127.0.0.1:1', log);
    closers.push(() => redis.disconnect());
    const limiter = createRateLimiter({ database, redis, keyring, log });
    await limiter.charge(createLimit(1), 'ada');
    expect(text()).toContain('ECONNREFUSED');
    expect(text()).not.toContain('hunter2');
  });
});
