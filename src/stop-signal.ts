/**
 * How far apart two signals are when somebody asks twice: npm passes a signal on to a process
 * that the terminal or the supervisor has sent it to as well.
 */
const sameSignalMs = 500;

/**
 * Stops in order at the first SIGTERM or SIGINT and exits with 0, or with 1 when the stop fails;
 * a second one ends the process at once, with 1.
 */
export function onStopSignal(stop: (signal: string) => Promise<void>): void {
  let stoppingSince: number | null = null;
  const handle = (signal: NodeJS.Signals) => {
    const now = performance.now();
    if (stoppingSince === null) {
      stoppingSince = now;
      stop(signal).then(
        () => process.exit(0),
        () => process.exit(1),
      );
    } else if (now - stoppingSince > sameSignalMs) {
      process.exit(1);
    }
  };
  process.on('SIGTERM', handle);
  process.on('SIGINT', handle);
}
