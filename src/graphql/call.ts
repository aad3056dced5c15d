import type { Log } from '../platform/log.ts';
import type { Caller } from './caller.ts';
import type { TokenCookies } from './token-cookies.ts';

/** What a transport knows of one request, over whichever protocol it came. */
export interface Call {
  readonly requestId: string;
  /** Address of the client as the trusted proxies report it. */
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  /** Milliseconds by name of the phase, filled in as the call goes on. */
  readonly timings: Map<string, number>;
  readonly log: Log;
}

/** What a transport knows of one operation. */
export interface OperationCall extends Call {
  readonly caller: Caller;
  readonly cookies: TokenCookies;
  /** `sse` when an HTTP client takes an event stream for its answer. */
  readonly transport: 'http' | 'sse' | 'websocket';
  /** Told when the stream that answers it is at its end, whether its reader takes that or not. */
  onStreamOver?(): void;
}

/** Runs one phase of a call and notes how long it took. */
export async function timed<Result>(
  { timings }: Pick<Call, 'timings'>,
  phase: string,
  run: () => Result | Promise<Result>,
): Promise<Result> {
  const startedAt = performance.now();
  try {
    return await run();
  } finally {
    timings.set(phase, performance.now() - startedAt);
  }
}
