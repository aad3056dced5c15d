import {
  type MeasuredServer,
  sample,
  startMeasuredServer,
} from '../tests/support/measured-server.ts';

const guessersAtOnce = 64;

/**
 * Measures how long `me` takes while nothing else happens, and while as many guess passwords at
 * once as may wait: `npm run bench -- sign-in-flood [REQUESTS]`. Only the ratios of one run tell
 * something.
 */
export async function main(): Promise<void> {
  const requests = Number(process.argv[3] ?? 500);
  // Without the floor, so that the guessers are never idle.
  const server = await startMeasuredServer({ SIGN_IN_FLOOR_MS: '0' });
  try {
    const { data } = await server.signIn(sample.email, sample.password, 'AuthPayload');
    const ask = () => server.ask('{ me { id } }', {}, data.signIn?.tokens?.accessToken);
    const measure = async () => {
      const times: number[] = [];
      for (let count = 0; count < requests; count++) times.push((await ask()).tookMs);
      return times.sort((one, other) => one - other);
    };
    await measure();
    const idle = await measure();
    const flood = startFlood(server);
    const flooded = await measure();
    const { answered, perSecond } = await flood.stop();
    const told = [0.5, 0.99].map((share) => {
      const [one, other] = [percentile(idle, share), percentile(flooded, share)];
      return `p${share * 100} ${one.toFixed(1)} ms idle, ${other.toFixed(1)} ms flooded (× ${(other / one).toFixed(1)})`;
    });
    console.log(
      `sign-in-flood: ${requests} requests of me against ${guessersAtOnce} guessers, ${answered} guesses at ${perSecond.toFixed(0)} a second; ${told.join('; ')}`,
    );
  } finally {
    await server.stop();
  }
}

/** Guesses until it is stopped, each time at another address. */
function startFlood(server: MeasuredServer) {
  const startedAt = performance.now();
  let isOver = false;
  let answered = 0;
  const guess = async (guesser: number) => {
    for (let count = 0; !isOver; count++) {
      await server.signIn(
        `bob${guesser}.${count}@example.com`,
        'a guess',
        'InvalidCredentialsError',
      );
      answered++;
    }
  };
  const guessers = Promise.all(Array.from({ length: guessersAtOnce }, (_, index) => guess(index)));
  return {
    async stop() {
      const perSecond = (answered * 1000) / (performance.now() - startedAt);
      isOver = true;
      await guessers;
      return { answered, perSecond };
    },
  };
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
}
