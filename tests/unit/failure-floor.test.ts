import { describe, expect, it } from 'vitest';
import { createFailureFloor } from '../../src/modules/auth/failure-floor.ts';
import {
  AccountUnavailableError,
  InvalidCredentialsError,
  RateLimitedError,
} from '../../src/platform/errors.ts';

const floorMs = 500;

/** Runs work that takes so long, and tells how long its answer was held back. */
async function heldBack(workMs: number, failure: Error | null) {
  let time = 1000;
  const waits: number[] = [];
  const floor = createFailureFloor(floorMs, {
    now: () => time,
    wait: async (delayMs) => void waits.push(delayMs),
  });
  const work = async () => {
    time += workMs;
    if (failure) throw failure;
    return 'done';
  };
  const outcome = await floor(work).catch((error: unknown) => error);
  expect(outcome).toBe(failure ?? 'done');
  return waits;
}

describe('the floor of a failed sign-in', () => {
  it.each([
    ['INVALID_CREDENTIALS', new InvalidCredentialsError()],
    ['ACCOUNT_UNAVAILABLE', new AccountUnavailableError('SUSPENDED', null)],
  ])('holds back what came too early: %s', async (_, failure) => {
    expect(await heldBack(30, failure)).toEqual([470]);
    expect(await heldBack(499, failure)).toEqual([1]);
  });

  it('does not hold back what took long enough', async () => {
    expect(await heldBack(500, new InvalidCredentialsError())).toEqual([]);
    expect(await heldBack(800, new InvalidCredentialsError())).toEqual([]);
  });

  it.each([
    ['success', null],
    ['a rate limit', new RateLimitedError(1, 'ACCOUNT')],
    ['a fault', new Error('a fault')],
  ])('does not hold back %s', async (_, failure) => {
    expect(await heldBack(30, failure)).toEqual([]);
  });
});
