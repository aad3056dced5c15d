import { controlEvents, overwhelm, type SlowConsumer } from '../tests/support/slow-consumer.ts';

const defaultEvents = 100_000;
const mebibyte = 1024 * 1024;
const limitMebibytes = 64;

/** Measures what a socket that nobody reads costs a server that tells of events meanwhile. */
export async function main(): Promise<void> {
  const [, events = defaultEvents] = process.argv.slice(2).map(Number);
  const { control, burdened, fate, healthy } = await overwhelm(events);
  const growth = (kind: keyof SlowConsumer['control']) =>
    Math.round(((burdened[kind] - control[kind]) / mebibyte) * 10) / 10;
  console.log(
    `slow-consumer: ${events} events, held ${growth('heldBytes')} MiB more, resident ${growth('rssBytes')} MiB more; held is to be below ${limitMebibytes} MiB`,
    `(the socket nobody read: ${fate})`,
  );
  const all = controlEvents + events;
  const isWhole = healthy.every((each) => each.distinct === all && each.events === all);
  if (!isWhole) console.error(`A reader beside it missed events: ${JSON.stringify(healthy)}`);
  if (!isWhole || growth('heldBytes') >= limitMebibytes) process.exitCode = 1;
}
