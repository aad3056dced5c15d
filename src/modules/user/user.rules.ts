import { z } from 'zod';
import { type Permission, permissionsOf } from '../role/role.rules.ts';

const maxAddressLength = 254;
const maxLocalPartLength = 64;
const maxNameLength = 100;

/** Brings an address to the form that is stored and compared: NFC, trimmed, lower case. */
function normalizeEmail(address: string): string {
  return address.normalize('NFC').trim().toLowerCase();
}

/** Brings a username to the form that must be unique: NFKC and case-folded. */
export function usernameKey(username: string): string {
  return username.normalize('NFKC').toLowerCase();
}

/** Accepts what mail can be sent to: the pattern of HTML's e-mail field within the lengths of RFC 5321 §4.5.3.1. */
export const emailRule = z
  .string()
  .transform(normalizeEmail)
  .pipe(
    z
      .email({ pattern: z.regexes.html5Email, error: 'Must be an e-mail address.' })
      .max(maxAddressLength, 'Must be at most 254 characters.')
      .refine((address) => address.indexOf('@') <= maxLocalPartLength, {
        error: 'Must have at most 64 characters before the "@".',
      })
      // What takes the place of the addresses of deleted accounts; nobody reads mails there (RFC 2606).
      .refine((address) => !address.endsWith('@deleted.invalid'), {
        error: 'Must be an address that can be written to.',
      }),
  );

/** Accepts 1 to 100 characters of visible text; control and direction-changing characters are refused. */
export const displayNameRule = z
  .string()
  .transform((name) => name.normalize('NFC').trim())
  .pipe(
    z
      .string()
      .min(1, 'Must not be empty.')
      .max(maxNameLength, 'Must be at most 100 characters.')
      .regex(/[\p{L}\p{N}\p{P}\p{S}]|^$/u, 'Must have something to see.')
      .regex(
        /^[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u,
        'Must not contain control characters.',
      ),
  );

/** Accepts 3 to 30 letters, digits, `_`, `.` or `-`, beginning and ending with a letter or digit. */
const usernameRule = z
  .string()
  .transform((name) => name.normalize('NFKC'))
  .pipe(
    z
      .string()
      .regex(
        /^[\p{L}\p{N}][\p{L}\p{N}\p{M}_.-]{1,28}[\p{L}\p{N}\p{M}]$/u,
        'Must be 3 to 30 letters, digits, "_", "." or "-", beginning and ending with a letter or digit.',
      ),
  );

/** Accepts a BCP 47 language tag such as `en` or `pt-BR` and writes it canonically. */
export const localeRule = z
  .string()
  .max(35, 'Must be a BCP 47 language tag.')
  .transform((tag, context) => {
    try {
      return Intl.getCanonicalLocales(tag)[0] ?? z.NEVER;
    } catch {
      context.addIssue({ code: 'custom', message: 'Must be a BCP 47 language tag, e.g. "pt-BR".' });
      return z.NEVER;
    }
  });

/** Accepts an IANA time zone such as `Europe/Berlin`. */
const timezoneRule = z
  .string()
  .max(64, 'Must be an IANA time zone.')
  .refine(
    (zone) => {
      try {
        return /^[A-Za-z]/.test(zone) && Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
      } catch {
        return false;
      }
    },
    { error: 'Must be an IANA time zone, e.g. "Europe/Berlin".' },
  );

/** Rules of a change of profile. */
export const profileRules = z.object({
  displayName: displayNameRule.nullish(),
  username: usernameRule.nullish(),
  locale: localeRule.nullish(),
  timezone: timezoneRule.nullish(),
  expectedVersion: z.int().nullish(),
});

/** Lists what a user's roles allow together, sorted. */
export function permissionsOfUser(user: {
  roles: readonly { role: { permissions: readonly string[] } }[];
}): Permission[] {
  return permissionsOf(user.roles.map(({ role }) => role));
}
