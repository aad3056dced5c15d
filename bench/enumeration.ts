import { addressOf, startMeasuredServer } from '../tests/support/measured-server.ts';

const limit = 0.55;
/** Fewer than strangers may try before there are delays. */
const pairsPerAccount = 8;

/**
 * Measures how well the time of an answer tells a wrong password from an unknown address, in 2,000
 * pairs unless told otherwise, without the floor, which would hide it:
 * `npm run bench -- enumeration [PAIRS] [FLOOR_MS]`.
 */
export async function main(): Promise<void> {
  const [, , , pairs = '2000', floorMs = '0'] = process.argv;
  const accounts = Math.ceil(Number(pairs) / pairsPerAccount);
  const server = await startMeasuredServer({ SIGN_IN_FLOOR_MS: floorMs }, accounts);
  const known: number[] = [];
  const unknown: number[] = [];
  const guess = (email: string) =>
    server.signIn(email, 'a wrong password', 'InvalidCredentialsError');
  try {
    for (let pair = 0; pair < Number(pairs); pair++) {
      const account = Math.floor(pair / pairsPerAccount);
      const tries = [
        async () => known.push((await guess(addressOf(account))).tookMs),
        async () => unknown.push((await guess(`bob${account}@example.com`)).tookMs),
      ];
      for (const attempt of Math.random() < 0.5 ? tries : tries.reverse()) await attempt();
    }
  } finally {
    await server.stop();
  }
  const area = areaUnderCurve(known, unknown);
  const worst = Math.max(area, 1 - area);
  const [one, other] = [median(known), median(unknown)].map((took) => took.toFixed(1));
  console.log(
    `enumeration: ${pairs} pairs, floor ${floorMs} ms, median ${one} ms known and ${other} ms unknown, AUC ${worst.toFixed(3)}; it is to be at most ${limit}`,
  );
  if (worst > limit) process.exitCode = 1;
}

/** Tells how likely a value of the one kind is above one of the other; ties count half. */
function areaUnderCurve(ones: readonly number[], others: readonly number[]): number {
  let above = 0;
  for (const one of ones) {
    for (const other of others) above += one === other ? 0.5 : Number(one > other);
  }
  return above / (ones.length * others.length);
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
