import { Redis } from 'ioredis';
import { errorCodeOf } from './error-code.ts';
import type { Log } from './log.ts';

const connectTimeoutMs = 2_000;
const commandTimeoutMs = 1_000;
const longestPauseMs = 5_000;

/**
 * Connects to Redis, and connects again for as long as it takes whenever the connection is lost.
 *
 * Resolves after the first try even if that failed, so that the server starts without Redis.
 * While it is away every command rejects at once: nothing waits in a queue.
 */
export async function connectRedis(url: string, log: Log): Promise<Redis> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 200, longestPauseMs),
  });
  let away = false;
  redis.on('error', (error: Error) => {
    if (away) return;
    away = true;
    log.error(
      { code: errorCodeOf(error) ?? error.name },
      'Redis is away; trying to reach it again.',
    );
  });
  // Unlike `close`, not for a connection that we end ourselves.
  redis.on('reconnecting', () => {
    if (!away) log.warn('The connection to Redis was lost; trying to reach it again.');
    away = true;
  });
  redis.on('ready', () => {
    if (away) log.info('Redis is back.');
    away = false;
  });
  // The error event has told of it already.
  await redis.connect().catch(() => {});
  return redis;
}
