import { builder } from '../../graphql/builder.ts';
import type { TokenCookies, TokenDelivery } from '../../graphql/token-cookies.ts';
import { InvalidTokenError } from '../../platform/errors.ts';
import type { DeliveredTokens, SignedIn } from './token-pair.ts';

const TokenDeliveryEnum = builder.enumType('TokenDelivery', {
  description: 'How the tokens of a session travel.',
  values: {
    BEARER: { description: 'In the answer, and from then on in the Authorization header.' },
    COOKIE: {
      description:
        'In cookies that scripts cannot read. For pages of the site of this server: each of their requests, this one included, needs the header `X-Latchkey-CSRF`. Over WebSocket and event streams it is refused with the top-level code COOKIES_UNAVAILABLE.',
    },
  } as const,
});

/** What the field of an input is made of that lets its sender choose. */
export const deliveryOptions = {
  type: TokenDeliveryEnum,
  defaultValue: 'BEARER',
  description: 'How the tokens are to travel.',
} as const;

/** A session and its tokens, as they are answered. */
export type Delivered = SignedIn<DeliveredTokens>;

/**
 * Hands over the tokens of a session that `begin` starts; whoever cannot get cookies is refused
 * before that. `cookies.callerDelivery` delivers them the way the caller's own tokens came.
 */
export async function deliver(
  cookies: TokenCookies,
  delivery: TokenDelivery | null | undefined,
  begin: () => Promise<SignedIn>,
): Promise<Delivered> {
  if (delivery !== 'COOKIE') return begin();
  cookies.prepare();
  const { tokens, ...session } = await begin();
  cookies.set(tokens);
  return { ...session, tokens: { ...tokens, accessToken: null, refreshToken: null } };
}

/**
 * Hands over the tokens of a session that goes on: the way its refresh token came, which is in a
 * cookie unless given. One that is refused is taken out of the browser.
 */
export async function deliverRefreshed(
  cookies: TokenCookies,
  given: string | null | undefined,
  refresh: (refreshToken: string) => Promise<SignedIn>,
): Promise<Delivered> {
  if (typeof given === 'string') return refresh(given);
  const { refreshToken } = cookies;
  try {
    return await deliver(cookies, 'COOKIE', () => refresh(refreshToken ?? ''));
  } catch (error) {
    if (error instanceof InvalidTokenError && refreshToken !== null) cookies.clear();
    throw error;
  }
}
