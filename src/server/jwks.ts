import type { Handler } from './graphql.ts';

/** How long others may keep the keys; a new one signs only after that. */
export const jwksMaxAgeSeconds = 300;

/** Publishes the keys that access tokens are checked with (RFC 7517), for any origin to read. */
export function createJwksHandler(publish: () => Promise<object>): Handler {
  return async () =>
    Response.json(await publish(), {
      headers: {
        'content-type': 'application/jwk-set+json',
        'cache-control': `public, max-age=${jwksMaxAgeSeconds}`,
        'access-control-allow-origin': '*',
      },
    });
}
