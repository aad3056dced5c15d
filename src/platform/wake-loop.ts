/** A step that runs when woken, never twice at the same time. */
export interface WakeLoop {
  /** Runs the step now, or once more after the run that is under way; many calls make one run. */
  wake(): void;
  /** Resolves when no run is under way; none starts afterwards. */
  stop(): Promise<void>;
}

/**
 * Creates a loop around a step that never rejects and that answers after how many milliseconds
 * it wants to run again unwoken: 0 for at once, null for not at all.
 */
export function createWakeLoop(step: () => Promise<number | null>): WakeLoop {
  let isWoken = false;
  let isStopped = false;
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;

  async function run(): Promise<void> {
    let delayMs: number | null;
    do {
      isWoken = false;
      delayMs = await step();
    } while (!isStopped && (isWoken || delayMs === 0));
    running = null;
    if (!isStopped && delayMs !== null) timer = setTimeout(wake, delayMs).unref();
  }

  function wake(): void {
    if (isStopped) return;
    clearTimeout(timer);
    isWoken = true;
    running ??= run();
  }

  async function stop(): Promise<void> {
    isStopped = true;
    clearTimeout(timer);
    await running;
  }

  return { wake, stop };
}
