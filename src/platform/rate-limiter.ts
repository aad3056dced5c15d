import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { RateLimiterRes } from 'rate-limiter-flexible';
import type { Database } from './database/database.ts';
import { RateLimitedError, type RateLimitScope } from './errors.ts';
import type { Keyring } from './keyring.ts';
import type { Log } from './log.ts';
import {
  type CountedWindow,
  memoryStore,
  postgresStore,
  redisStore,
  type Store,
} from './rate-limit-stores.ts';

/** How often something may be tried. */
export interface RateLimit extends CountedWindow {
  /** What the key stands for, as the caller is told. */
  scope: RateLimitScope;
}

/** Counts tries, for all instances together where they share Redis or PostgreSQL. */
export interface RateLimiter {
  /**
   * Counts one try by `key`, outside of any transaction, so that a rollback gives none back.
   *
   * Throws RateLimitedError when the window has no more; such tries do not prolong it. The key,
   * an address perhaps, is stored as a hash only. A window that begins may be given its own length.
   */
  charge(limit: RateLimit, key: string, windowSeconds?: number): Promise<void>;
  /** Counts one more, and refuses nothing. */
  count(limit: RateLimit, key: string): Promise<void>;
  /** Tells how often it was counted in the window. */
  readCount(limit: RateLimit, key: string): Promise<number>;
  /** Begins a window with a count of one, whatever was before. */
  restart(limit: RateLimit, key: string): Promise<void>;
  /** Ends the window: the next try is the first. */
  forget(limit: RateLimit, key: string): Promise<void>;
  close(): void;
}

/** Counts in this process alone, for what would be too frequent to share. */
export function createProcessRateLimiter(): RateLimiter {
  const hash = (text: string) => createHash('sha256').update(text).digest('base64url');
  return createCounter(memoryStore, hash, () => {});
}

const cleaningIntervalMs = 5 * 60_000;

/** Counts in Redis if given, else in PostgreSQL; the embedded database's one process in memory. */
export function createRateLimiter(parts: {
  database: Database;
  redis: Redis | null;
  /** Keys the hashes, so that nobody who reads them can try addresses. */
  keyring: Keyring;
  log: Log;
}): RateLimiter {
  const { database, redis, keyring, log } = parts;
  const hash = (text: string) => keyring.sign('rate-limit', text).toString('base64url');
  const { driver, prisma } = database;
  if (redis) return createCounter(redisStore(redis, log), hash, () => {});
  if (driver.kind === 'embedded') return createCounter(memoryStore, hash, () => {});
  const cleaning = setInterval(() => {
    prisma.rateLimitEntry.deleteMany({ where: { expire: { lt: Date.now() } } }).catch(() => {
      log.warn('Rate limits that have run out could not be deleted.');
    });
  }, cleaningIntervalMs);
  cleaning.unref();
  return createCounter(postgresStore(driver.pool), hash, () => clearInterval(cleaning));
}

function createCounter(
  store: Store,
  hash: (text: string) => string,
  close: () => void,
): RateLimiter {
  const counters = new Map<string, ReturnType<Store>>();
  const counterOf = (limit: RateLimit) => {
    const counter = counters.get(limit.name) ?? store(limit);
    counters.set(limit.name, counter);
    return counter;
  };
  // Under the limit's name, so that equal keys of two limits do not look alike.
  const hashKey = ({ name }: RateLimit, key: string) => hash(`${name}\0${key}`);
  return {
    async charge(limit, key, windowSeconds = limit.windowSeconds) {
      try {
        await counterOf(limit).consume(hashKey(limit, key), 1, { customDuration: windowSeconds });
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
        throw new RateLimitedError(retryAfterSeconds, limit.scope);
      }
    },
    async count(limit, key) {
      await counterOf(limit).penalty(hashKey(limit, key));
    },
    async readCount(limit, key) {
      return (await counterOf(limit).get(hashKey(limit, key)))?.consumedPoints ?? 0;
    },
    async restart(limit, key) {
      await counterOf(limit).set(hashKey(limit, key), 1, limit.windowSeconds);
    },
    async forget(limit, key) {
      await counterOf(limit).delete(hashKey(limit, key));
    },
    close,
  };
}
