import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../src/platform/database/database.ts';
import { openInMemory } from '../../src/platform/database/embedded.ts';
import { createKeyring } from '../../src/platform/keyring.ts';
import {
  createRateLimiter,
  type RateLimit,
  type RateLimiter,
} from '../../src/platform/rate-limiter.ts';
import { captureLog } from '../support/captured-log.ts';

const signIn: RateLimit = { name: 'sign-in', points: 2, windowSeconds: 60, scope: 'ACCOUNT' };
const signUp: RateLimit = { name: 'sign-up', points: 1, windowSeconds: 60, scope: 'CLIENT_IP' };

const keyring = createKeyring('a secret key that only tests use', null);
let database: Database;
let limiter: RateLimiter;

beforeAll(async () => {
  database = await openInMemory();
});

beforeEach(() => {
  vi.useFakeTimers();
  limiter = createRateLimiter({ database, redis: null, keyring, log: captureLog().log });
});

afterEach(() => {
  limiter.close();
  vi.useRealTimers();
});

afterAll(() => database.close());

describe('the rate limiter of the embedded database', () => {
  it('allows as many tries as the limit has points, then says when to come back: RATE_LIMITED', async () => {
    await limiter.charge(signIn, 'ada@example.org');
    await limiter.charge(signIn, 'ada@example.org');
    vi.advanceTimersByTime(20_500);
    await expect(limiter.charge(signIn, 'ada@example.org')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      scope: 'ACCOUNT',
      retryAfterSeconds: 40,
    });
  });

  it('starts anew after the window, however often it was tried within', async () => {
    for (let tries = 0; tries < 10; tries++) {
      await limiter.charge(signIn, 'ada').catch(() => {});
      vi.advanceTimersByTime(5_000);
    }
    vi.advanceTimersByTime(10_000);
    await limiter.charge(signIn, 'ada');
  });

  it('counts keys and limits apart', async () => {
    await limiter.charge(signUp, 'ada');
    await limiter.charge(signUp, 'bob');
    await limiter.charge(signIn, 'ada');
    await expect(limiter.charge(signUp, 'ada')).rejects.toMatchObject({ scope: 'CLIENT_IP' });
  });
});
