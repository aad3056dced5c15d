import type { StandardSchemaV1 } from '@pothos/plugin-validation';
import { ValidationError } from '../platform/errors.ts';

const segmentKey = (segment: PropertyKey | StandardSchemaV1.PathSegment) =>
  String(typeof segment === 'object' ? segment.key : segment);

/** Turns what the rules found (Standard Schema) into the public error; paths start at the argument. */
export function toValidationError({ issues }: StandardSchemaV1.FailureResult): ValidationError {
  return new ValidationError(
    issues.map((issue) => ({
      path: (issue.path ?? []).map(segmentKey),
      code: 'code' in issue ? String(issue.code) : 'invalid',
      message: issue.message,
    })),
  );
}
