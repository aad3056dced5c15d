import { greetingOf, startCrowdedLatchkey } from '../tests/support/crowded-server.ts';
import { type Memory, openMemoryProbe, probed } from '../tests/support/memory-probe.ts';
import { postTo, signInSample } from '../tests/support/posting.ts';
import { openCrowd } from '../tests/support/socket-crowd.ts';

const defaultSubscriptions = 10_000;
const sessions = 4;
const requests = 1_000;

/**
 * Measures what subscriptions cost that wait, each on a socket of its own: memory, and how long `me`
 * takes beside them, and before and after them in the same run: `npm run bench -- idle [SUBSCRIPTIONS]`.
 */
export async function main(): Promise<void> {
  const count = Number(process.argv[3] ?? defaultSubscriptions);
  await using resources = new AsyncDisposableStack();
  const latchkey = resources.adopt(await startCrowdedLatchkey(probed), (each) => each.close());
  const probe = resources.adopt(await openMemoryProbe(latchkey.process), (each) => each.close());
  const greetings: object[][] = [];
  while (greetings.length < sessions) {
    const { token, id } = await signInSample(latchkey.url);
    const query = 'subscription ($id: ID!) { userChanged(id: $id) { __typename } }';
    greetings.push(greetingOf(token, query, { id }));
  }
  const { token } = await signInSample(latchkey.url);
  const measure = async (): Promise<string> => {
    const times: number[] = [];
    while (times.length < requests) {
      const startedAt = performance.now();
      await postTo(latchkey.url, '{ me { id } }', token);
      times.push(performance.now() - startedAt);
    }
    times.sort((one, other) => one - other);
    const [p50, p99] = [0.5, 0.99].map((share) => times[Math.ceil(requests * share) - 1] ?? 0);
    return `p50 ${p50?.toFixed(1)} ms, p99 ${p99?.toFixed(1)} ms`;
  };

  await measure();
  const before = await measure();
  const empty = await probe.read();
  const crowd = await openCrowd(latchkey.webSocketUrl, count, greetings);
  const full = await probe.read();
  const beside = await measure();
  await crowd.close();
  const after = await measure();
  const kib = (kind: keyof Memory) => ((full[kind] - empty[kind]) / count / 1024).toFixed(1);
  console.log(
    `idle: ${count} subscriptions of ${sessions} sessions, each on a socket of its own: held ${kib('heldBytes')} KiB each, resident ${kib('rssBytes')} KiB;`,
    `${requests} requests of me before them ${before}; beside them ${beside}; after them ${after}`,
  );
}
