import { setImmediate } from 'node:timers/promises';

/**
 * Runs work at most so many at a time, and lets all who wait for their turn have one in a round. Turns
 * that wait for nothing leave time in between to what else the process does.
 */
export interface FairTurns {
  /** Runs work when its turn comes; whoever asks for a thousand turns delays another by one of them. */
  take<Result>(whose: string, work: () => Promise<Result>): Promise<Result>;
  /** Whether a turn could be taken at once. */
  isFree(): boolean;
}

/** How long turns may follow one another before others have theirs. */
const mostInOneGoMs = 10;

/** Creates turns that are all free. */
export function createFairTurns(atOnce: number): FairTurns {
  // In the order in which their turns come.
  const waiting = new Map<string, (() => void)[]>();
  let taken = 0;
  let pausedAt = performance.now();

  async function pauseWhenDue(): Promise<void> {
    if (performance.now() - pausedAt < mostInOneGoMs) return;
    await setImmediate();
    pausedAt = performance.now();
  }

  function giveNext(): void {
    const [first] = waiting;
    if (first === undefined || taken >= atOnce) return;
    const [whose, queue] = first;
    const begin = queue.shift();
    waiting.delete(whose);
    if (queue.length > 0) waiting.set(whose, queue);
    taken += 1;
    begin?.();
  }

  return {
    async take(whose, work) {
      await new Promise<void>((begin) => {
        const queue = waiting.get(whose) ?? [];
        queue.push(begin);
        waiting.set(whose, queue);
        giveNext();
      });
      try {
        return await work();
      } finally {
        await pauseWhenDue();
        taken -= 1;
        giveNext();
      }
    },
    isFree: () => taken < atOnce,
  };
}
