import type { Clock } from '../platform/clock.ts';
import type { Handler } from './graphql.ts';
import type { Respond } from './respond.ts';

/** What must hold for the server to be of use; each check rejects in bounded time when it fails. */
export type ReadinessChecks = Record<string, () => Promise<void>>;

/** Where to ask whether the process lives. */
export const livenessPaths = ['/health', '/health/live'];

/** Says that the process answers. */
export function createLivenessHandler(clock: Clock): () => Response {
  return () => Response.json({ status: 'ok', timestamp: clock().toISOString() });
}

/** Says whether the server can serve: 503 with the names of the failing parts when it cannot. */
export function createReadinessHandler(clock: Clock, checks: ReadinessChecks): Handler {
  return async () => {
    const names = Object.keys(checks);
    const outcomes = await Promise.allSettled(Object.values(checks).map((check) => check()));
    const failing = names.filter((_, index) => outcomes[index]?.status === 'rejected');
    const timestamp = clock().toISOString();
    return failing.length === 0
      ? Response.json({ status: 'ok', timestamp })
      : Response.json({ status: 'unavailable', timestamp, failing }, { status: 503 });
  };
}

/**
 * Answers while the server starts: that it lives, so that a supervisor does not cut a long
 * migration short, and 503 to everything else.
 */
export function createStartingRespond(clock: Clock): Respond {
  const alive = createLivenessHandler(clock);
  return async (request) =>
    livenessPaths.includes(new URL(request.url).pathname)
      ? alive()
      : Response.json(
          { code: 'SERVICE_UNAVAILABLE', message: 'The server is starting.' },
          { status: 503, headers: { 'retry-after': '1' } },
        );
}
