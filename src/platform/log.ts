import { type Logger, pino } from 'pino';

/** Structured log of one process; children carry fields such as the request id. */
export type Log = Logger;

/** How much is logged and in which form. */
export interface LogSettings {
  level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  /** `json` for machines, one object a line; `pretty` for a person at a terminal. */
  format: 'json' | 'pretty';
}

/** Opens the log on standard output. Callers never pass it variables, tokens or addresses. */
export function createLog(settings: LogSettings): Log {
  const options = {
    level: settings.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (settings.format === 'json') {
    // Written at once: kept back, it would be flushed at the exit, which waits for ever on a reader
    // that is gone.
    return pino(options, pino.destination({ dest: 1, sync: true }));
  }
  const pretty = { translateTime: 'HH:MM:ss.l', sync: true };
  return pino({ ...options, transport: { target: 'pino-pretty', options: pretty } });
}
