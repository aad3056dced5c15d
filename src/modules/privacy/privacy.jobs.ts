import type { JobSettings } from '../../platform/jobs/job-settings.ts';
import type { AuthJobs } from '../auth/auth.jobs.ts';

/** The background jobs about what is kept of people: ids only. */
export interface PrivacyJobs extends AuthJobs {
  /** Deletes an account at its user's wish, if that is still due when the job runs. */
  'account-deletion': { userId: string };
  /** Puts together what is kept about whoever asked for it. */
  'data-export': { dataExportId: string };
}

/** How deletions are worked: they wait for weeks, and nobody waits for them. */
export const accountDeletionQueue: JobSettings = {
  retryLimit: 10,
  retryDelaySeconds: 60,
  retryDelayMaxSeconds: 60 * 60,
  timeoutSeconds: 120,
  concurrency: 1,
  urgent: false,
};

/** How exports are worked: one at a time, for each may read much. */
export const dataExportQueue: JobSettings = {
  retryLimit: 4,
  retryDelaySeconds: 10,
  retryDelayMaxSeconds: 10 * 60,
  timeoutSeconds: 15 * 60,
  concurrency: 1,
  urgent: true,
};
