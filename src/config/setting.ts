import type { z } from 'zod';
import type { Kind } from './kinds.ts';

/** One environment variable: how it is read and all that is said about it anywhere. */
export interface Setting<Value> {
  schema: z.ZodType<Value, string | undefined>;
  /** What it does, in one sentence. */
  description: string;
  /** Completes "expected …". */
  expected: string;
  example: string;
  /** The text that an unset variable stands for; null when there is no such fixed text. */
  default: string | null;
  /** What holds while it is unset, in words; null when `default` says it. */
  whenUnset: string | null;
  /** Whether its value must never be shown, such as a key or a URL with a password. */
  secret: boolean;
}

interface Details {
  description: string;
  example: string;
  secret?: boolean;
}

/** Describes a variable that stands for a fixed text while it is unset. */
export function withDefault<Value>(
  kind: Kind<Value>,
  details: Omit<Details, 'example'> & { default: string; example?: string },
): Setting<Value> {
  return {
    schema: kind.schema.prefault(details.default),
    expected: kind.expected,
    description: details.description,
    example: details.example ?? details.default,
    default: details.default,
    whenUnset: null,
    secret: details.secret ?? false,
  };
}

/** Describes a variable whose absence means something of its own. */
export function optional<Value>(
  kind: Kind<Value>,
  details: Details & { whenUnset: string },
): Setting<Value | undefined> {
  return {
    schema: kind.schema.optional(),
    expected: kind.expected,
    description: details.description,
    example: details.example,
    default: null,
    whenUnset: details.whenUnset,
    secret: details.secret ?? false,
  };
}
