import type { Log } from '../platform/log.ts';

/** What a transport knows of one request, over whichever protocol it came. */
export interface Call {
  readonly requestId: string;
  /** Address of the client as the trusted proxies report it. */
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  /** The Authorization header or its equivalent; null when there is none. */
  readonly authorization: string | null;
  /** Milliseconds by name of the phase, filled in as the call goes on. */
  readonly timings: Map<string, number>;
  readonly log: Log;
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
