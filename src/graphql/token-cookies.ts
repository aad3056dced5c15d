import { GraphQLError } from 'graphql';
import type { TokenPair } from '../modules/auth/token-pair.ts';

/** How the tokens of a session travel: in what is answered, or in cookies that no script reads. */
export type TokenDelivery = 'BEARER' | 'COOKIE';

/** The cookies of one call that carry tokens: those that it came with, and those of its answer. */
export interface TokenCookies {
  /** How the caller's own tokens travel; BEARER for strangers. */
  readonly callerDelivery: TokenDelivery;
  /** The refresh token that came in a cookie; null without one. */
  readonly refreshToken: string | null;
  /** Refuses what cannot be answered with cookies, before anything is done for it. */
  prepare(): void;
  /** Sets the cookies of a session; of several in one document, the last are what the browser keeps. */
  set(tokens: TokenPair): void;
  /** Has the browser forget them; nothing where an answer cannot, as the tokens are dead anyway. */
  clear(): void;
}

/** The header that a request with cookies needs: pages of others cannot send it unasked (CORS). */
export const csrfHeader = 'x-latchkey-csrf';

/**
 * Stands where there are no cookies: WebSockets neither read nor set any. Whoever opened one with a
 * connection token may have the others in cookies, so what goes on is not handed over there.
 */
export const noCookies: TokenCookies = {
  callerDelivery: 'COOKIE',
  refreshToken: null,
  prepare() {
    throw cookiesUnavailable();
  },
  set() {},
  clear() {},
};

/** Makes the refusal of a transport whose answers cannot set cookies. */
export function cookiesUnavailable(): GraphQLError {
  return new GraphQLError('Only a plain answer over HTTP can set cookies. Send it by POST.', {
    extensions: { code: 'COOKIES_UNAVAILABLE' },
  });
}

/** Makes the refusal of cookies that come without the header against forged requests. */
export function csrfHeaderRequired(): GraphQLError {
  return new GraphQLError('Send the header X-Latchkey-CSRF with any value along with cookies.', {
    extensions: { code: 'CSRF_HEADER_REQUIRED', http: { status: 403 } },
  });
}
