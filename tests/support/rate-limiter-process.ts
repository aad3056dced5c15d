// Run as a process of its own: `node rate-limiter-process.ts DATABASE_URL REDIS_URL LIMIT POINTS TRIES`.
// Tries all at once on a line from its input, and prints how many tries were allowed.
import { once } from 'node:events';
import { openPostgres } from '../../src/platform/database/postgres.ts';
import { createKeyring } from '../../src/platform/keyring.ts';
import { createLog } from '../../src/platform/log.ts';
import { createRateLimiter } from '../../src/platform/rate-limiter.ts';
import { connectRedis } from '../../src/platform/redis.ts';
import { postgresSettings } from './postgres-server.ts';

const [databaseUrl = '', redisUrl = '', name = '', points, tries] = process.argv.slice(2);
const log = createLog({ level: 'warn', format: 'json' });
const database = openPostgres(postgresSettings(databaseUrl), log);
const redis = redisUrl === '' ? null : await connectRedis(redisUrl, log);
const keyring = createKeyring('a secret key that only tests use', null);
const limiter = createRateLimiter({ database, redis, keyring, log });
const limit = { name, points: Number(points), windowSeconds: 600, scope: 'ACCOUNT' } as const;

await database.ping();
console.log('ready');
await once(process.stdin, 'data');
const outcomes = await Promise.allSettled(
  Array.from({ length: Number(tries) }, () => limiter.charge(limit, 'ada@example.org')),
);
console.log(outcomes.filter(({ status }) => status === 'fulfilled').length);
limiter.close();
redis?.disconnect();
await database.close();
process.exit();
