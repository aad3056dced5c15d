import { type Caller, callerOfStanding } from '../graphql/caller.ts';
import {
  cookiesUnavailable,
  csrfHeader,
  csrfHeaderRequired,
  type TokenCookies,
} from '../graphql/token-cookies.ts';
import type { Clock } from '../platform/clock.ts';
import type { HeaderFields } from './client-call.ts';

/** What one request says of its caller, and the cookies of its answer. */
export interface RequestTokens {
  readonly caller: Caller;
  readonly cookies: TokenCookies;
  /** Adds the cookies that were set or cleared meanwhile. */
  writeTo(headers: Headers): void;
}

/**
 * Reads the tokens of a request whose answer may set cookies or not. Cookies of one that only reads
 * may count without the header against forged requests.
 */
export type ReadTokens = (
  headers: HeaderFields,
  canSet: boolean,
  onlyReads?: boolean,
) => RequestTokens;

/** What tokens are read with. */
export interface TokenReading {
  /** Makes the handle of whoever sends an Authorization header. */
  callerOf(authorization: string | null): Caller;
  /** Whether browsers come without encryption; `__Host-` is refused there, and Secure may be. */
  isPlain: boolean;
  clock: Clock;
}

/**
 * Builds the reader. An Authorization header goes before cookies. Cookies alone count only with the
 * header that a page of another origin cannot send, whatever the check of the origin says.
 */
export function createReadTokens({ callerOf, isPlain, clock }: TokenReading): ReadTokens {
  const prefix = isPlain ? '' : '__Host-';
  const names = { access: `${prefix}latchkey-access`, refresh: `${prefix}latchkey-refresh` };
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isPlain ? '' : '; Secure'}`;
  const write = (name: string, value: string, seconds: number) =>
    `${name}=${value}; Max-Age=${seconds}; ${attributes}`;
  const secondsUntil = (end: Date) =>
    Math.max(0, Math.floor((end.getTime() - clock().getTime()) / 1000));

  return (headers, canSet, onlyReads = false) => {
    const authorization = headers.get('authorization');
    const sent = headers.get('cookie') ?? '';
    const access = findCookie(sent, names.access);
    const refresh = findCookie(sent, names.refresh);
    const isProven = Boolean(headers.get(csrfHeader));
    const isByCookie = authorization === null && (access ?? refresh) !== null;
    let answered: string[] = [];

    function findCaller(): Caller {
      if (!isByCookie) return callerOf(authorization);
      if (!isProven && !onlyReads) return callerOfStanding('unproven');
      // The browser has dropped the cookie at its end.
      return access === null ? callerOfStanding('expired') : callerOf(`Bearer ${access}`);
    }

    return {
      caller: findCaller(),
      cookies: {
        callerDelivery: isByCookie ? 'COOKIE' : 'BEARER',
        refreshToken: refresh,
        prepare() {
          if (!canSet) throw cookiesUnavailable();
          if (!isProven) throw csrfHeaderRequired();
        },
        set(tokens) {
          const { accessTokenExpiresAt, refreshTokenExpiresAt } = tokens;
          answered = [
            write(names.access, tokens.accessToken, secondsUntil(accessTokenExpiresAt)),
            write(names.refresh, tokens.refreshToken, secondsUntil(refreshTokenExpiresAt)),
          ];
        },
        clear() {
          answered = [write(names.access, '', 0), write(names.refresh, '', 0)];
        },
      },
      writeTo(target) {
        if (canSet) for (const cookie of answered) target.append('set-cookie', cookie);
      },
    };
  };
}

/**
 * Finds a cookie by its exact name (RFC 6265 §5.4). What comes twice is empty, and so holds nothing:
 * another host or path of the same site may have set one of the two.
 */
function findCookie(sent: string, name: string): string | null {
  const values = sent.split(';').flatMap((part) => {
    const [given = '', ...value] = part.split('=');
    // Blanks alone: what else might be trimmed has let names past the browser's check of `__Host-`.
    const isMeant = given.replace(/^[ \t]+/, '') === name && value.length > 0;
    return isMeant ? [value.join('=')] : [];
  });
  if (values.length > 1) return '';
  return values[0] ?? null;
}
