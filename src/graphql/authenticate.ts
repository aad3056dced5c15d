import { GraphQLError } from 'graphql';
import type { AuthenticationService } from '../modules/auth/authentication.service.ts';
import type { Viewer } from '../modules/role/viewer.ts';

const bearer = /^Bearer +([\w.~+/-]+=*) *$/i;

/**
 * Reads who is calling from an Authorization header (RFC 6750 §2.1). Null without one, so that
 * public fields stay reachable; `refused` when there is one and it does not hold, so that a client
 * with a stale token can be told rather than treated as a stranger.
 */
export async function authenticate(
  authentication: AuthenticationService,
  authorization: string | null,
): Promise<Viewer | null | 'refused'> {
  if (authorization === null) return null;
  const token = bearer.exec(authorization)?.[1];
  return (token !== undefined && (await authentication.authenticate(token))) || 'refused';
}

/** Makes the answer to a bearer token that does not hold (RFC 6750 §3.1). */
export function invalidBearer(): GraphQLError {
  return new GraphQLError('The access token is not valid (any more). Refresh it or sign in.', {
    extensions: {
      code: 'UNAUTHENTICATED',
      http: { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } },
    },
  });
}
