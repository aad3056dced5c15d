/** Says how long to wait before something that ended is started again. */
export interface BackOff {
  /** Answers the pause after one that lasted so long, in milliseconds. */
  pauseAfter(lastedMs: number): number;
}

const firstPauseMs = 250;
const longestPauseMs = 30_000;
/** What lasted so long did not end because it was started. */
const steadyMs = 60_000;

/** Doubles the pause with each quick end, up to half a minute; after one that came late, begins anew. */
export function createBackOff(): BackOff {
  let pauseMs = firstPauseMs;
  return {
    pauseAfter(lastedMs) {
      if (lastedMs >= steadyMs) pauseMs = firstPauseMs;
      const answer = pauseMs;
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      return answer;
    },
  };
}
