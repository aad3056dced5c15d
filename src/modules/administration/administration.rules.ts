import { z } from 'zod';
import { displayNameRule, emailRule, localeRule } from '../user/user.rules.ts';

const maxReasonLength = 500;
const maxRoles = 50;
const maxHashLength = 1024;
const maxKeyLength = 255;

/** Accepts why somebody is suspended: 1 to 500 characters of text. */
export const suspensionReasonRule = z
  .string()
  .transform((reason) => reason.normalize('NFC').trim())
  .pipe(
    z
      .string()
      .min(1, 'Must not be empty.')
      .max(maxReasonLength, 'Must be at most 500 characters.')
      .regex(/^[^\0\u202a-\u202e\u2066-\u2069]*$/, 'Must not contain NUL or turn the text around.'),
  );

const rolesRule = z.array(z.string()).max(maxRoles, 'Must be at most 50 roles.');

/** Rules of a new user; whether roles are there and a hash can be read is seen by the service. */
export const createUserRules = z.object({
  email: emailRule,
  displayName: displayNameRule,
  locale: localeRule.nullish(),
  roles: rolesRule.nullish(),
  sendInvite: z.boolean().nullish(),
  passwordHash: z.string().max(maxHashLength, 'Must be at most 1024 characters.').nullish(),
  idempotencyKey: z
    .string()
    .min(1, 'Must not be empty.')
    .max(maxKeyLength, 'Must be at most 255 characters.')
    .nullish(),
});

/** A user to be made. */
export type NewUser = z.infer<typeof createUserRules>;

/** Rules of a change of somebody's account. */
export const updateUserRules = z.object({
  displayName: displayNameRule.nullish(),
  email: emailRule.nullish(),
  locale: localeRule.nullish(),
  roles: rolesRule.nullish(),
  expectedVersion: z.int().nullish(),
});

/** What is to be different about a user; what is left out stays, and null clears the language. */
export type UserUpdate = z.infer<typeof updateUserRules>;
