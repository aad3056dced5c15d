import { z } from 'zod';
import {
  ConflictError,
  NotFoundError,
  RateLimitedError,
  RefusedError,
  ValidationError,
} from '../platform/errors.ts';
import { CommandError } from './command-errors.ts';

const publicErrors = [CommandError, ConflictError, NotFoundError, RateLimitedError, RefusedError];

/** Words an error of the public contract for a terminal; null for any other. */
export function publicMessage(error: unknown): string | null {
  if (error instanceof ValidationError || error instanceof z.ZodError) {
    return error.issues.map(({ path, message }) => `${fieldOf(path)}: ${message}`).join('\n');
  }
  const isPublic = publicErrors.some((known) => error instanceof known);
  return isPublic && error instanceof Error ? error.message : null;
}

/** Names the field that an issue is about, without the place in a list. */
function fieldOf(path: readonly PropertyKey[]): string {
  return String(path.findLast((segment) => !/^\d+$/.test(String(segment))));
}
