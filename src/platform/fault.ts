import { sqlStateOf } from './database/failures.ts';
import { errorCodeOf } from './error-code.ts';

/** What may be logged and stored of an error. */
export interface Fault {
  type: string;
  code: string | null;
  /** SQLSTATE, where the database refused a statement. */
  sqlState?: string;
  /** The innermost places it passed through: two of any code, then our own. */
  at: string[];
}

/**
 * Describes an error without its message, which may repeat what the job was about: an SMTP
 * server's answer names the recipient, a database error the row.
 */
export function describeFault(error: unknown): Fault {
  if (typeof error !== 'object' || error === null)
    return { type: typeof error, code: null, at: [] };
  const type = 'name' in error && typeof error.name === 'string' ? error.name : 'Error';
  const stack = 'stack' in error && typeof error.stack === 'string' ? error.stack : '';
  const sqlState = sqlStateOf(error);
  return {
    type,
    code: errorCodeOf(error),
    ...(sqlState !== null && { sqlState }),
    at: placesIn(stack),
  };
}

function placesIn(stack: string): string[] {
  const places = stack.split('\n').filter((line) => /^\s+at /.test(line));
  const isOwn = (place: string) => !/node_modules|node:/.test(place);
  return places
    .filter((place, index) => index < 2 || isOwn(place))
    .slice(0, 5)
    .map((place) => place.trim());
}

/** Tells whether the error says, by `permanent: true`, that another try cannot help. */
export function isPermanent(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'permanent' in error && error.permanent === true
  );
}
