import { z } from 'zod';

const maxPasswordBytes = 256;
const maxLabelLength = 100;

/**
 * Accepts any password of at most 256 bytes, taken whole. How long a new one must be is a setting
 * and so is checked by the service; a wrong one is told by the comparison alone.
 */
export const passwordRule = z
  .string()
  .refine((password) => Buffer.byteLength(password) <= maxPasswordBytes, {
    error: 'Must be at most 256 bytes long.',
  });

/** Accepts a name for a device, 1 to 100 characters. */
export const deviceLabelRule = z
  .string()
  .transform((label) => label.normalize('NFC').trim())
  .pipe(
    z.string().min(1, 'Must not be empty.').max(maxLabelLength, 'Must be at most 100 characters.'),
  );

/** Tells whether a new password has enough characters, counted as code points of its NFKC form. */
export function isLongEnough(password: string, minLength: number): boolean {
  return [...password.normalize('NFKC')].length >= minLength;
}
