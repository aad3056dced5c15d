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
  return pino({
    level: settings.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    ...(settings.format === 'pretty' && {
      transport: { target: 'pino-pretty', options: { translateTime: 'HH:MM:ss.l', sync: true } },
    }),
  });
}
