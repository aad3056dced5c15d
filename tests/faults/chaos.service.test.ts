import { expect, it } from 'vitest';
import { runChaos } from '../support/chaos/run.ts';

const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);
const moves = Number(process.env.TEST_CHAOS_MOVES ?? 12);

it(`readers are told all that they may see, once and in order, whatever fails (TEST_SEED=${seed})`, {
  timeout: 960_000,
}, async () => {
  const outcome = await runChaos({ seed, moves, deadlineMs: 900_000 });
  expect(outcome.faults, JSON.stringify(outcome)).toEqual([]);
  for (const { connections } of Object.values(outcome.readers)) {
    expect(connections).toBeGreaterThan(1);
  }
});
