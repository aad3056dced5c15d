import { setTimeout } from 'node:timers/promises';
import { AccountUnavailableError, InvalidCredentialsError } from '../../platform/errors.ts';

/** Runs work that checks credentials, and tells a caller who failed no earlier than after so long. */
export type FailureFloor = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Tells the time and lets it pass, in milliseconds. */
export interface Timer {
  now(): number;
  wait(delayMs: number): Promise<unknown>;
}

const realTimer: Timer = { now: () => performance.now(), wait: (delayMs) => setTimeout(delayMs) };

/**
 * Builds the floor, which hides what differs between failures: imported hashes take their own time,
 * and so does the database. Success and rate limits are told at once.
 */
export function createFailureFloor(floorMs: number, timer: Timer = realTimer): FailureFloor {
  return async (work) => {
    const answerAt = timer.now() + floorMs;
    try {
      return await work();
    } catch (error) {
      const isFailure =
        error instanceof InvalidCredentialsError || error instanceof AccountUnavailableError;
      const leftMs = answerAt - timer.now();
      if (isFailure && leftMs > 0) await timer.wait(leftMs);
      throw error;
    }
  };
}
