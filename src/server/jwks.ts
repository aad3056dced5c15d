import type { Handler } from './graphql.ts';

const maxAgeSeconds = 300;

/** Publishes the keys that access tokens are checked with (RFC 7517), for any origin to read. */
export function createJwksHandler(publish: () => Promise<object>): Handler {
  return async () =>
    Response.json(await publish(), {
      headers: {
        'content-type': 'application/jwk-set+json',
        'cache-control': `public, max-age=${maxAgeSeconds}`,
        'access-control-allow-origin': '*',
      },
    });
}
