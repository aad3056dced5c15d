import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import type { Database } from './database/database.ts';
import { RateLimitedError, type RateLimitScope } from './errors.ts';
import type { Log } from './log.ts';

/** How often something may be tried. */
export interface RateLimit {
  /** Unique among the limits. */
  name: string;
  /** Tries per window. */
  points: number;
  /** From the first try on; then the count starts anew. */
  windowSeconds: number;
  /** What the key stands for, as the caller is told. */
  scope: RateLimitScope;
}

/** Counts tries, for all instances together where they share Redis or PostgreSQL. */
export interface RateLimiter {
  /**
   * Counts one try by `key`, outside of any transaction, so that a rollback gives none back.
   *
   * Throws RateLimitedError when the window has no more; such tries do not prolong it. The key,
   * an address perhaps, is stored as a hash only.
   */
  charge(limit: RateLimit, key: string): Promise<void>;
  close(): void;
}

const cleaningIntervalMs = 5 * 60_000;

/** Counts in Redis if given, else in PostgreSQL; the embedded database's one process in memory. */
export function createRateLimiter(parts: {
  database: Database;
  redis: Redis | null;
  log: Log;
}): RateLimiter {
  const { database, redis, log } = parts;
  const { driver, prisma } = database;
  if (redis) return createCounter(redisStore(redis, log), () => {});
  if (driver.kind === 'embedded') return createCounter(memoryStore, () => {});
  const cleaning = setInterval(() => {
    prisma.rateLimitEntry.deleteMany({ where: { expire: { lt: Date.now() } } }).catch(() => {
      log.warn('Rate limits that have run out could not be deleted.');
    });
  }, cleaningIntervalMs);
  cleaning.unref();
  return createCounter(postgresStore(driver.pool), () => clearInterval(cleaning));
}

/** Where the tries of one limit are counted. */
type Store = (limit: RateLimit) => Pick<RateLimiterAbstract, 'consume'>;

function createCounter(store: Store, close: () => void): RateLimiter {
  const limiters = new Map<string, ReturnType<Store>>();
  const limiterOf = (limit: RateLimit) => {
    const limiter = limiters.get(limit.name) ?? store(limit);
    limiters.set(limit.name, limiter);
    return limiter;
  };
  return {
    async charge(limit, key) {
      try {
        await limiterOf(limit).consume(hashKey(limit, key));
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
        throw new RateLimitedError(retryAfterSeconds, limit.scope);
      }
    },
    close,
  };
}

/** Hashes under the limit's name, so that equal keys of two limits do not look alike. */
function hashKey({ name }: RateLimit, key: string): string {
  return createHash('sha256').update(`${name}\0${key}`).digest('base64url');
}

function optionsOf(limit: RateLimit) {
  return { keyPrefix: limit.name, points: limit.points, duration: limit.windowSeconds };
}

const memoryStore: Store = (limit) => new RateLimiterMemory(optionsOf(limit));

function postgresStore(pool: Pool): Store {
  // The library names its statements, which a transaction pooler may not carry from one
  // connection to the next.
  const client = {
    query: ({ text, values }: { text: string; values: unknown[] }) => pool.query(text, values),
  };
  return (limit) =>
    new RateLimiterPostgres({
      ...optionsOf(limit),
      storeClient: client,
      storeType: 'client',
      tableName: 'rate_limit',
      tableCreated: true,
      clearExpiredByTimeout: false,
    });
}

/** Falls back to this process's memory while Redis is away, rather than lock everybody out. */
function redisStore(redis: Redis, log: Log): Store {
  let away = false;
  return (limit) => {
    const shared = new RateLimiterRedis({
      ...optionsOf(limit),
      storeClient: redis,
      rejectIfRedisNotReady: true,
    });
    const own = memoryStore(limit);
    return {
      async consume(key) {
        try {
          const result = await shared.consume(key);
          away = false;
          return result;
        } catch (refusal) {
          if (refusal instanceof RateLimiterRes) throw refusal;
          if (!away) log.warn('Redis is away: each process counts its own rate limits.');
          away = true;
          return await own.consume(key);
        }
      },
    };
  };
}
