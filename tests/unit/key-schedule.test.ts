import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { periodicRotation } from '../../src/modules/auth/signing-key.service.ts';
import { workPeriodically } from '../../src/platform/jobs/periodic.ts';
import { captureLog } from '../support/captured-log.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('looks every hour whether a key is due, also after a look that failed, until it is ended', async () => {
  const { log, lines } = captureLog();
  let looks = 0;
  const rotation = {
    async rotateIfDue() {
      looks += 1;
      if (looks === 1) throw new Error('The database is away.');
    },
  };
  const end = workPeriodically(periodicRotation(rotation), log);
  await vi.advanceTimersByTimeAsync(3_599_999);
  expect(looks).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(lines).toMatchObject([{ msg: 'Signing keys could not be looked after.' }]);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(looks).toBe(2);
  await end();
  await vi.advanceTimersByTimeAsync(7_200_000);
  expect(looks).toBe(2);
});
