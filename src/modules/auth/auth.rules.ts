import { z } from 'zod';
import { isShortEnough, maxPasswordBytes } from '../../platform/password-text.ts';
import { displayNameRule, emailRule, localeRule } from '../user/user.rules.ts';

/**
 * Accepts any password of at most 256 bytes, taken whole. How long a new one must be is a setting
 * and so is checked by the service; a wrong one is told by the comparison alone.
 */
const passwordRule = z
  .string()
  .refine(isShortEnough, { error: `Must be at most ${maxPasswordBytes} bytes long.` });

/** Accepts a name for a device: the same texts as for a person. */
const deviceLabelRule = displayNameRule;

/** Rules of a sign-up; the length of the password is checked against the setting by the service. */
export const signUpRules = z.object({
  email: emailRule,
  password: passwordRule,
  displayName: displayNameRule,
  locale: localeRule.nullish(),
});

/** Rules of a sign-in. */
export const signInRules = z.object({
  email: emailRule,
  password: passwordRule,
  deviceLabel: deviceLabelRule.nullish(),
});

/** Rules of a request about an address. */
export const emailInputRules = z.object({ email: emailRule });
