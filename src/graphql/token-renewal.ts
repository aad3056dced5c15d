import { GraphQLError } from 'graphql';
import type { Credential, Credentials } from '../modules/auth/credential.ts';
import type { TokenRefusal } from '../modules/auth/session-token.ts';
import { InvalidTokenError } from '../platform/errors.ts';

/** Reads a token that is to take the place of another; of another session it is as good as none. */
export async function readFresh(
  credentials: Credentials,
  token: string,
  present: Credential | TokenRefusal | undefined,
): Promise<Credential> {
  const fresh = await credentials.read(token, 'connection');
  if (fresh === 'EXPIRED') throw new InvalidTokenError('EXPIRED');
  if (fresh === 'INVALID' || typeof present !== 'object' || fresh.sessionId !== present.sessionId) {
    throw new InvalidTokenError('UNKNOWN');
  }
  const viewer = await credentials.findViewer(fresh);
  if (viewer === 'EXPIRED') throw new InvalidTokenError('EXPIRED');
  if (viewer === 'INVALID') throw new InvalidTokenError('REVOKED');
  return fresh;
}

/** Makes the refusal of a transport where each request brings its own token. */
export function connectionRequired(): GraphQLError {
  return new GraphQLError(
    'Only a WebSocket can be given another token. Send it with the request.',
    {
      extensions: { code: 'CONNECTION_REQUIRED' },
    },
  );
}
