import type { JobSettings } from '../../platform/jobs/job-settings.ts';
import type { AuthJobs } from '../auth/auth.jobs.ts';

/** The background jobs about what is kept of people: ids only. */
export interface PrivacyJobs extends AuthJobs {
  /** Deletes an account at its user's wish, if that is due when the job runs. */
  'account-deletion': { userId: string };
  /** Removes what is left of an account that was deleted. */
  'account-emptying': { userId: string };
  /** Puts together what is kept about whoever asked for it. */
  'data-export': { dataExportId: string };
}

/** How deletions are worked: each is short. */
export const accountDeletionQueue: JobSettings = {
  retryLimit: 10,
  retryDelaySeconds: 60,
  retryDelayMaxSeconds: 60 * 60,
  timeoutSeconds: 60,
  concurrency: 1,
  // The changes that add one have a mail sent, too, and pay for waking workers anyway.
  urgent: true,
};

/** How accounts are emptied: one at a time, for each may have much, which goes on at the next try. */
export const accountEmptyingQueue: JobSettings = {
  retryLimit: 10,
  retryDelaySeconds: 60,
  retryDelayMaxSeconds: 60 * 60,
  timeoutSeconds: 15 * 60,
  concurrency: 1,
  urgent: true,
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
