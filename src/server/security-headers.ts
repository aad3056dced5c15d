/** Headers that every response carries unless it set its own. */
const defaults: Record<string, string> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
};

const oneYearSeconds = 31_536_000;

/** The header fields of an answer, to add to. */
export type AnswerFields = Pick<Map<string, string> | Headers, 'has' | 'set'>;

/** Adds what keeps browsers from guessing, framing, leaking and caching. */
export function addSecurityHeaders(headers: AnswerFields, { isHttps }: { isHttps: boolean }): void {
  for (const [name, value] of Object.entries(defaults)) {
    if (!headers.has(name)) headers.set(name, value);
  }
  if (isHttps) headers.set('strict-transport-security', `max-age=${oneYearSeconds}`);
}
