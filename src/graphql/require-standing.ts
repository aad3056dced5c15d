import { GraphQLError } from 'graphql';
import type { Identity } from './caller.ts';
import { isCredentialOperation } from './credential-operations.ts';
import type { Enveloped, PreparedOperation } from './prepare-operation.ts';
import { csrfHeaderRequired } from './token-cookies.ts';

/** Refuses a token that does not count, unless the operation works on credentials of its own. */
export function requireStanding(
  { schema }: Pick<Enveloped, 'schema'>,
  { document, operation }: PreparedOperation,
  { standing }: Identity,
): void {
  if (standing === 'none' || standing === 'accepted') return;
  if (isCredentialOperation(schema, document, operation)) return;
  throw standing === 'unproven' ? csrfHeaderRequired() : invalidBearer();
}

/** Makes the answer to a token that does not hold (RFC 6750 §3.1). */
export function invalidBearer(): GraphQLError {
  return new GraphQLError('The access token is not valid (any more). Refresh it or sign in.', {
    extensions: {
      code: 'UNAUTHENTICATED',
      http: { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } },
    },
  });
}
