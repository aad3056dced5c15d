import { runChaos } from '../tests/support/chaos/run.ts';

const defaultMoves = 200;

/**
 * Breaks connections, servers and sessions of the database while many write and some read, and
 * fails when a reader is told of anything but what it may see of the log, once and in order.
 */
export async function main(): Promise<void> {
  const [moves = defaultMoves, seed = Date.now() % 2 ** 31] = process.argv
    .slice(3)
    .map(wholeNumber);
  console.log(`chaos: ${moves} moves; to repeat them: npm run chaos -- ${moves} ${seed}`);
  let made = 0;
  const outcome = await runChaos({
    seed,
    moves,
    deadlineMs: 3_600_000,
    onMove: (name) => console.log(`${++made}/${moves} ${name}`),
  });
  console.log(JSON.stringify(outcome, null, 2));
  if (outcome.faults.length > 0) process.exitCode = 1;
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text))
    throw new Error('Usage: npm run chaos -- [MOVES] [SEED], whole numbers');
  return Number(text);
}
