import {
  type CrowdedServer,
  greetingOf,
  startBareBroadcast,
  startCrowdedLatchkey,
} from '../tests/support/crowded-server.ts';
import { postTo, signInSample } from '../tests/support/posting.ts';
import { busyMs, openCrowd, type SocketCrowd } from '../tests/support/socket-crowd.ts';

const crowds = [1_000, 10_000];
const rounds = 15;
/** Until both run warm. */
const firstRounds = 3;

const document = `subscription ($id: ID!) {
  userChanged(id: $id) {
    __typename
    ... on EventEnvelope {
      topic replayed
      event { cursor ... on UserChanged { change changedFields user { id displayName email } } }
    }
  }
}`;

/**
 * Measures one event to many subscribers on one process, each on a socket of its own: from the
 * request that causes it until the last of them was told, in turns with a bare server of `ws` that
 * broadcasts the same bytes to as many. A ratio tells something within one run only:
 * `npm run bench -- fan-out [SUBSCRIBERS]`.
 */
export async function main(): Promise<void> {
  const [, , , asked] = process.argv;
  for (const count of asked === undefined ? crowds : [Number(asked)]) await compare(count);
}

async function compare(count: number): Promise<void> {
  await using resources = new AsyncDisposableStack();
  const latchkey = resources.adopt(await startCrowdedLatchkey(), (each) => each.close());
  const bare = resources.adopt(await startBareBroadcast(), (each) => each.close());
  const { token, id } = await signInSample(latchkey.url);
  const rename = (name: string) =>
    postTo(
      latchkey.url,
      `mutation { updateProfile(input: { displayName: "${name}" }) { __typename } }`,
      token,
    );
  const greetings = [greetingOf(token, document, { id })];
  const gather = async (url: string, size: number, said: typeof greetings | undefined) =>
    resources.adopt(await openCrowd(url, size, said), (crowd) => crowd.close());

  const one = await gather(latchkey.webSocketUrl, 1, greetings);
  const toOne = createCourse(latchkey, one, rename);
  for (let round = 0; round < rounds; round++) await toOne.run(nameOf(round));
  const text = toOne.text();
  await one.close();

  const followers = await gather(latchkey.webSocketUrl, count, greetings);
  const sockets = await gather(bare.webSocketUrl, count, undefined);
  const toAll = createCourse(latchkey, followers, rename);
  const broadcast = createCourse(bare, sockets, async (name) =>
    sockets.say(text.replace(/"displayName":"[^"]*"/, `"displayName":"${name}"`)),
  );
  for (let round = 0; round < firstRounds + rounds; round++) {
    await toAll.run(nameOf(round));
    await broadcast.run(nameOf(round));
  }
  report(count, text.length, { one: toOne.take(), all: toAll.take(), bare: broadcast.take() });
}

/** Of one length, so that all answers are. */
const nameOf = (round: number) => `Ada ${String(round).padStart(4, '0')}`;

/** Milliseconds of one event, in the median: until the last was told, and of the processors. */
interface Spent {
  passed: number;
  busy: number;
}

/** Causes events and measures what each takes. */
function createCourse(
  { pid }: CrowdedServer,
  crowd: SocketCrowd,
  cause: (name: string) => Promise<unknown>,
) {
  const spent: Spent[] = [];
  let text = '';
  return {
    async run(name: string) {
      const busyBefore = await busyMs(pid);
      const told = crowd.told(name);
      const startedAt = performance.now();
      [text] = await Promise.all([told, cause(name)]);
      const passed = performance.now() - startedAt;
      spent.push({ passed, busy: (await busyMs(pid)) - busyBefore });
    },
    text: () => text,
    take(): Spent {
      const warm = spent.slice(firstRounds);
      const busy = warm.reduce((sum, each) => sum + each.busy, 0) / warm.length;
      return { passed: median(warm.map(({ passed }) => passed)), busy };
    },
  };
}

function median(values: number[]): number {
  return values.sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

type Kind = 'one' | 'all' | 'bare';

function report(count: number, bytes: number, { one, all, bare }: Record<Kind, Spent>): void {
  const inShort = ({ passed, busy }: Spent) =>
    `${passed.toFixed(0)} ms (${busy.toFixed(0)} ms of processor)`;
  const times = (kind: keyof Spent, without = 0) =>
    `× ${((all[kind] - without) / bare[kind]).toFixed(2)}`;
  console.log(
    `fan-out: ${bytes} bytes to each of ${count}: ${inShort(all)}, to one ${inShort(one)}, by a bare broadcast ${inShort(bare)};`,
    `${times('passed')}, of processor ${times('busy')}; without what one takes, too: ${times('passed', one.passed)}, of processor ${times('busy', one.busy)}`,
  );
}
