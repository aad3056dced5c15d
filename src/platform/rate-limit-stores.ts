import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import type { Log } from './log.ts';

/** A window in which tries are counted. */
export interface CountedWindow {
  /** Unique among the limits. */
  name: string;
  /** Tries per window. */
  points: number;
  /** From the first try on; then the count starts anew. 24 days at most, for the timers of memory. */
  windowSeconds: number;
}

/** Opens where the tries of one limit are counted. */
export type Store = (limit: CountedWindow) => Counter;

/** What is asked of the library. */
export type Counter = Pick<RateLimiterAbstract, 'consume' | 'penalty' | 'get' | 'set' | 'delete'>;

function optionsOf(limit: CountedWindow) {
  return { keyPrefix: limit.name, points: limit.points, duration: limit.windowSeconds };
}

/** Counts in this process. */
export const memoryStore: Store = (limit) => new RateLimiterMemory(optionsOf(limit));

/** Counts in the table `rate_limit`. */
export function postgresStore(pool: Pool): Store {
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
export function redisStore(redis: Redis, log: Log): Store {
  let away = false;
  return (limit) => {
    const shared = new RateLimiterRedis({
      ...optionsOf(limit),
      storeClient: redis,
      rejectIfRedisNotReady: true,
    });
    const own = memoryStore(limit);
    const either = async <Result>(act: (counter: Counter) => Promise<Result>): Promise<Result> => {
      try {
        const result = await act(shared);
        away = false;
        return result;
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) throw refusal;
        if (!away) log.warn('Redis is away: each process counts its own rate limits.');
        away = true;
        return await act(own);
      }
    };
    return {
      consume: (...args) => either((counter) => counter.consume(...args)),
      penalty: (...args) => either((counter) => counter.penalty(...args)),
      get: (...args) => either((counter) => counter.get(...args)),
      set: (...args) => either((counter) => counter.set(...args)),
      delete: (...args) => either((counter) => counter.delete(...args)),
    };
  };
}
