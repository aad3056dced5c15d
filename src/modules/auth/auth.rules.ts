import { z } from 'zod';
import { isShortEnough, maxPasswordBytes } from '../../platform/password-text.ts';
import { displayNameRule, emailRule, localeRule } from '../user/user.rules.ts';

const maxCodeLength = 20;

/**
 * Accepts any password of at most 256 bytes, taken whole. How long a new one must be is a setting
 * and so is checked by the service; a wrong one is told by the comparison alone.
 */
const passwordRule = z
  .string()
  .refine(isShortEnough, { error: `Must be at most ${maxPasswordBytes} bytes long.` });

/** Accepts a name for a device: the same texts as for a person. */
const deviceLabelRule = displayNameRule;

/** Lets the choice of a delivery pass: what no rule names is left out of what resolvers see. */
const deliveryRule = z.enum(['BEARER', 'COOKIE']).nullish();

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
  delivery: deliveryRule,
});

/** Accepts six digits, spaces among them or around. */
const codeRule = z
  .string()
  .max(maxCodeLength)
  .transform((code) => code.replaceAll(/\s/g, ''))
  .pipe(z.string().regex(/^\d{6}$/, 'Must be the six digits of the mail.'));

/** Rules of a sign-in by code. */
export const codeSignInRules = z.object({
  email: emailRule,
  code: codeRule,
  deviceLabel: deviceLabelRule.nullish(),
  delivery: deliveryRule,
});

/** Where a new password stands in the arguments, for the issues of a ValidationError. */
export const newPasswordPath = ['input', 'newPassword'];

/** Rules of a password reset. */
export const resetPasswordRules = z.object({ token: z.string(), newPassword: passwordRule });

/** Rules of a change of password. */
export const changePasswordRules = z.object({
  currentPassword: passwordRule,
  newPassword: passwordRule,
  revokeOtherSessions: z.boolean().nullish(),
});

/** Rules of a renewed proof; a password is the one factor that there is for it yet. */
export const reauthenticateRules = z.object({
  method: z.literal('PASSWORD', 'Must be PASSWORD.'),
  password: z.string('Must be given.').pipe(passwordRule),
});

/** Rules of a request about an address. */
export const emailInputRules = z.object({ email: emailRule });
