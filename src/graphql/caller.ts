import { GraphQLError } from 'graphql';
import type { Credential, Credentials } from '../modules/auth/credential.ts';
import type { TokenRefusal } from '../modules/auth/session-token.ts';
import type { Viewer } from '../modules/role/viewer.ts';

/**
 * What became of the token that a caller came with: `none` when there was none, `unproven` when a
 * page of somebody else may have made a browser send it.
 */
export type Standing = 'none' | 'accepted' | 'expired' | 'refused' | 'unproven';

/** Who is calling at one moment. */
export interface Identity {
  /** Null for a stranger, and where the token does not hold. */
  readonly viewer: Viewer | null;
  readonly standing: Standing;
}

/**
 * Who calls over one request or one connection: a handle, asked anew for each operation and each
 * event, so that what was granted or taken away meanwhile counts.
 */
export interface Caller {
  identify(): Promise<Identity>;
  /** Milliseconds until the token ends; null without one, and before the first `identify`. */
  remainingMs(): number | null;
}

const bearer = /^Bearer +([\w.~+/-]+=*) *$/i;

/**
 * Makes the handle for an Authorization header (RFC 6750 §2.1) or its equivalent on a connection.
 * Without one the caller is a stranger, so that public fields stay reachable; one that does not
 * hold is told apart, so that a client with a stale token learns of it.
 */
export function createCaller(
  credentials: Credentials,
  authorization: string | null,
  use: 'request' | 'connection',
): Caller {
  let credential: Credential | TokenRefusal | undefined;
  let asked: Promise<Identity> | undefined;
  async function find(given: string): Promise<Viewer | TokenRefusal> {
    const token = bearer.exec(given)?.[1];
    if (token === undefined) return 'INVALID';
    credential ??= await credentials.read(token, use);
    return typeof credential === 'string' ? credential : credentials.findViewer(credential);
  }
  async function identify(): Promise<Identity> {
    if (authorization === null) return { viewer: null, standing: 'none' };
    const found = await find(authorization);
    if (typeof found !== 'string') return { viewer: found, standing: 'accepted' };
    return { viewer: null, standing: found === 'EXPIRED' ? 'expired' : 'refused' };
  }
  return {
    identify() {
      // One answer for all who ask at once, such as the streams of a socket; begun after the last.
      asked ??= Promise.resolve().then(() => {
        asked = undefined;
        return identify();
      });
      return asked;
    },
    remainingMs: () =>
      typeof credential === 'object' ? credentials.remainingMs(credential) : null,
  };
}

/** Makes the handle of somebody of whom no more is known, as no token is to be read. */
export function callerOfStanding(standing: Standing): Caller {
  return { identify: async () => ({ viewer: null, standing }), remainingMs: () => null };
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
