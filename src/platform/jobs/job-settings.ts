/** How the jobs of one name are worked. */
export interface JobSettings {
  /** How often a failed job is tried again before it stays failed. */
  retryLimit: number;
  /** Pause before the second try; doubles with each further one, with jitter. */
  retryDelaySeconds: number;
  retryDelayMaxSeconds: number;
  /** When a try is given up, to be made again; longer than the handler's own time limits. */
  timeoutSeconds: number;
  /** How many jobs of this name one process works at a time. */
  concurrency: number;
  /**
   * Wakes workers at commit instead of at their next poll. The NOTIFY takes a lock that is global
   * to the database cluster until commit: only for what somebody waits for.
   */
  urgent: boolean;
}
