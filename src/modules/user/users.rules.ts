import { z } from 'zod';
import { UserStatus } from '../../generated/prisma/enums.ts';
import { emailRule } from './user.rules.ts';

/** Fewer have no trigram, by which texts are found without reading them all. */
const minSearchLength = 3;
const maxSearchLength = 100;
const maxRoleKeyLength = 100;

const searchRule = z
  .string()
  .transform((text) => text.normalize('NFC').trim())
  .pipe(
    z
      .string()
      .min(minSearchLength, 'Must have at least 3 characters.')
      .max(maxSearchLength, 'Must be at most 100 characters.')
      .regex(/^[^\0]*$/, 'Must not contain control characters.'),
  );

const spanRule = z.object({ from: z.date().nullish(), to: z.date().nullish() });

/** Rules of what a list of users is narrowed by. */
export const userFilterRules = z.object({
  search: searchRule.nullish(),
  email: emailRule.nullish(),
  status: z.array(z.enum(UserStatus)).min(1, 'Must not be empty.').nullish(),
  role: z
    .string()
    .max(maxRoleKeyLength, 'Must be at most 100 characters.')
    .regex(/^[^\0]*$/, 'Must not contain control characters.')
    .nullish(),
  emailVerified: z.boolean().nullish(),
  createdAt: spanRule.nullish(),
  lastSeenAt: spanRule.nullish(),
});

/** What a list of users is narrowed by, all of it together; what is left out narrows nothing. */
export type UserFilter = z.infer<typeof userFilterRules>;
