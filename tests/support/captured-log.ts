import { pino } from 'pino';
import type { Log } from '../../src/platform/log.ts';

/** A log that is kept instead of printed. */
export interface CapturedLog {
  log: Log;
  lines: Record<string, unknown>[];
  /** Everything as it would have been printed. */
  text(): string;
  /** Resolves with whatever is logged next. */
  nextLine(): Promise<void>;
  /** Resolves with the first line, past or future, that has this message. */
  line(message: string): Promise<Record<string, unknown>>;
}

/** Opens a log of all levels. */
export function captureLog(): CapturedLog {
  const lines: Record<string, unknown>[] = [];
  const arrivals = new EventTarget();
  const log = pino(
    { level: 'trace', base: null },
    {
      write(text: string) {
        lines.push(JSON.parse(text));
        arrivals.dispatchEvent(new Event('line'));
      },
    },
  );
  return {
    log,
    lines,
    text: () => lines.map((line) => JSON.stringify(line)).join('\n'),
    nextLine: () =>
      new Promise((resolve) => {
        arrivals.addEventListener('line', () => resolve(), { once: true });
      }),
    line: (message) =>
      new Promise((resolve) => {
        const look = () => {
          const found = lines.find(({ msg }) => msg === message);
          if (!found) return;
          arrivals.removeEventListener('line', look);
          resolve(found);
        };
        arrivals.addEventListener('line', look);
        look();
      }),
  };
}
