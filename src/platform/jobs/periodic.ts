import { describeFault } from '../fault.ts';
import type { Log } from '../log.ts';

/** Something that each instance does from time to time. */
export interface PeriodicWork {
  /** Safe to do on several instances at once. */
  work(): Promise<unknown>;
  intervalMs: number;
  /** What is logged, beside the fault, when it could not be done; it is tried again in its turn. */
  onFault: string;
}

/** Does work from time to time, one run after the other; answers what ends that. */
export function workPeriodically(
  { work, intervalMs, onFault }: PeriodicWork,
  log: Log,
): () => Promise<void> {
  let running = Promise.resolve();
  let isRunning = false;
  const timer = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    running = work()
      .then(
        () => {},
        (error: unknown) => log.error({ fault: describeFault(error) }, onFault),
      )
      .finally(() => {
        isRunning = false;
      });
  }, intervalMs).unref();
  return () => {
    clearInterval(timer);
    return running;
  };
}

/** Does each piece of work, also after one that failed; throws the last failure at the end. */
export async function workEach<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const failures: unknown[] = [];
  for (const item of items) {
    await work(item).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures.at(-1);
}
