import { z } from 'zod';
import { builder } from './builder.ts';

const dateRangeRules = z
  .object({ from: z.date().nullish(), to: z.date().nullish() })
  .refine(({ from, to }) => !from || !to || from <= to, {
    path: ['to'],
    error: 'Must not be before `from`.',
  });

/** A span of time to filter by. */
export const DateRangeInput = builder.inputType('DateRange', {
  description: 'A span of time; both bounds belong to it, and one that is left out is open.',
  validate: dateRangeRules,
  fields: (t) => ({
    from: t.field({ type: 'DateTime', description: 'Not before then.' }),
    to: t.field({ type: 'DateTime', description: 'Not after then.' }),
  }),
});
