/** Reads the code of an error where it is a text, such as `ENOENT`, `P2025` or an SQLSTATE; null otherwise. */
export function errorCodeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
