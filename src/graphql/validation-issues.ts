import type { StandardSchemaV1 } from '@pothos/plugin-validation';
import { ValidationError } from '../platform/errors.ts';

const segmentKey = (segment: PropertyKey | StandardSchemaV1.PathSegment) =>
  String(typeof segment === 'object' ? segment.key : segment);

/** Turns what the rules found (Standard Schema) into the public error; paths start at the argument. */
export function toValidationError({ issues }: StandardSchemaV1.FailureResult): ValidationError {
  return new ValidationError(
    issues.map((issue) => ({
      path: (issue.path ?? []).map(segmentKey),
      code: codeOf(issue),
      message: issue.message,
    })),
  );
}

/** A rule of our own names its code in `params`: zod knows but one code for all of them. */
function codeOf({ code, params }: StandardSchemaV1.Issue & IssueDetails): string {
  return String(params?.code ?? code ?? 'invalid');
}

/** What zod says of an issue beyond the Standard Schema. */
interface IssueDetails {
  code?: unknown;
  params?: { code?: unknown };
}
