import { z } from 'zod';

/** Accepts how many days an account can yet be kept from being deleted: 1 to 90. */
export const graceDaysRule = z
  .int()
  .min(1, 'Must be at least 1 day.')
  .max(90, 'Must be at most 90 days.')
  .nullish();
