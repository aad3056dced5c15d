import { errorCodeOf } from './error-code.ts';

/** What may be logged and stored of an error. */
export interface Fault {
  type: string;
  code: string | null;
  /** The innermost places it passed through. */
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
  const at = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return { type, code: errorCodeOf(error), at: at.slice(0, 5).map((line) => line.trim()) };
}

/** Tells whether the error says, by `permanent: true`, that another try cannot help. */
export function isPermanent(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'permanent' in error && error.permanent === true
  );
}
