import { z } from 'zod';
import { isShortEnough, maxPasswordBytes } from '../platform/password-text.ts';
import type { Kind } from './kinds.ts';

const leastKeyBytes = 32;

/** Takes a key of at least 32 bytes; white space around it, as files leave it, does not count. */
export function secretKey(): Kind<string> {
  return {
    schema: z
      .string()
      .trim()
      .refine((key) => Buffer.byteLength(key) >= leastKeyBytes),
    expected: `at least ${leastKeyBytes} random bytes as text, such as the output of \`openssl rand -base64 48\``,
  };
}

/** Takes a password as it is, white space included. */
export function newPassword(): Kind<string> {
  return {
    schema: z.string().refine(isShortEnough),
    expected: `a password of at least \`PASSWORD_MIN_LENGTH\` characters and at most ${maxPasswordBytes} bytes`,
  };
}
