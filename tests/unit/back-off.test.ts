import { expect, it } from 'vitest';
import { createBackOff } from '../../src/workers/back-off.ts';

const pausesAfter = (lasted: number[]) => {
  const backOff = createBackOff();
  return lasted.map(backOff.pauseAfter);
};

it('doubles the pause with each quick end, up to half a minute', () => {
  const pauses = pausesAfter(Array.from({ length: 9 }, () => 100));
  expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});

it('begins anew after one that lasted a minute', () => {
  expect(pausesAfter([100, 100, 59_999, 60_000, 100])).toEqual([250, 500, 1000, 250, 500]);
});

it('lets one worker wait no longer because another has failed', () => {
  expect([pausesAfter([0, 0]), pausesAfter([0])]).toEqual([[250, 500], [250]]);
});
