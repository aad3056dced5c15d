import { describeFault } from './platform/fault.ts';
import type { Log } from './platform/log.ts';

/**
 * How far apart two signals are when somebody asks twice: npm passes a signal on to a process
 * that the terminal or the supervisor has sent it to as well.
 */
const sameSignalMs = 500;

/**
 * Stops in order at the first SIGTERM or SIGINT and exits with 0, or with 1 when the stop fails;
 * a second one ends the process at once, with 1.
 */
export function onStopSignal(log: Log, stop: () => Promise<void>): void {
  let stoppingSince: number | null = null;
  const handle = (signal: NodeJS.Signals) => {
    const now = performance.now();
    if (stoppingSince === null) {
      stoppingSince = now;
      log.info({ signal }, 'stopping');
      stop().then(
        () => {
          log.info('stopped');
          process.exit(0);
        },
        (error: unknown) => {
          log.error({ fault: describeFault(error) }, 'The server did not stop in order.');
          process.exit(1);
        },
      );
    } else if (now - stoppingSince > sameSignalMs) {
      process.exit(1);
    }
  };
  process.on('SIGTERM', handle);
  process.on('SIGINT', handle);
}
