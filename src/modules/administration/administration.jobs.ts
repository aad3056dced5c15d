import type { JobSettings } from '../../platform/jobs/job-settings.ts';

/** The background jobs of administration. */
export interface AdministrationJobs {
  /** Restores a user whose suspension is over; waits until then. */
  'suspension-end': { userId: string };
}

/** How suspensions are ended: nobody waits for it to the second, but it must not be given up. */
export const suspensionEndQueue: JobSettings = {
  retryLimit: 100,
  retryDelaySeconds: 5,
  retryDelayMaxSeconds: 60 * 60,
  timeoutSeconds: 60,
  concurrency: 1,
  urgent: false,
};
