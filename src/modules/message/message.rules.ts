import { z } from 'zod';

const maxBodyLength = 4000;
const maxKeyLength = 255;

/**
 * Accepts 1 to 4,000 characters of visible text in lines that end with a newline. Control characters
 * are refused but for newline and tab, and so is what turns the text around.
 */
export const bodyRule = z
  .string()
  .transform((body) =>
    body
      .normalize('NFC')
      .replace(/\r\n?|[\u2028\u2029]/g, '\n')
      .trim(),
  )
  .pipe(
    z
      .string()
      .min(1, 'Must not be empty.')
      .max(maxBodyLength, 'Must be at most 4,000 characters.')
      .regex(/[\p{L}\p{N}\p{P}\p{S}]|^$/u, 'Must have something to see.')
      .regex(
        /^[[^\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]\n\t]*$/v,
        'Must not contain control characters or turn the text around.',
      ),
  );

/** Accepts what a client calls a message by that it may send again: 1 to 255 characters. */
export const idempotencyKeyRule = z
  .string()
  .min(1, 'Must not be empty.')
  .max(maxKeyLength, 'Must be at most 255 characters.')
  .nullish();
