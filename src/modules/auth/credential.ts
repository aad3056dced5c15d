import type { Clock } from '../../platform/clock.ts';
import { type MaybeLater, whenThere } from '../../platform/maybe-later.ts';
import type { Viewer } from '../role/viewer.ts';
import type { SessionService } from '../session/session.service.ts';
import type { SessionTokens, TokenKeys, TokenRefusal } from './session-token.ts';

/** The session that a request or a connection has proved to belong to, and for how long. */
export interface Credential {
  readonly sessionId: string;
  readonly expiresAt: Date;
  /** The key that vouches for it. */
  readonly kid: string;
}

/** Reads who calls. */
export interface Credentials {
  /**
   * Reads a token. Requests come with an access token; connections may come with a connection
   * token instead, and then hold as long as the access token that was made along with it.
   */
  read(token: string, use: 'request' | 'connection'): Promise<Credential | TokenRefusal>;
  /**
   * Reads whom a credential stands for at this moment. INVALID once its session has ended; EXPIRED
   * once its key is gone, for whoever holds the session can refresh then.
   */
  findViewer(credential: Credential): MaybeLater<Viewer | TokenRefusal>;
  /** Does the same without counting as a use of the session. */
  checkViewer(credential: Credential): MaybeLater<Viewer | TokenRefusal>;
  /** How long a credential holds yet, at least 0. */
  remainingMs(credential: Credential): number;
}

/** What credentials are read with. */
export interface CredentialParts {
  accessTokens: SessionTokens;
  connectionTokens: SessionTokens;
  keys: Pick<TokenKeys, 'find'>;
  sessions: Pick<SessionService, 'findViewer' | 'checkViewer'>;
  clock: Clock;
  accessTokenSeconds: number;
}

/** Builds the reader over its parts. */
export function createCredentials(parts: CredentialParts): Credentials {
  const { accessTokens, connectionTokens, keys, sessions, clock, accessTokenSeconds } = parts;

  /** Asks for the session only while the token and its key hold. */
  function findWith(
    find: (sessionId: string) => MaybeLater<Viewer | null>,
    { sessionId, expiresAt, kid }: Credential,
  ): MaybeLater<Viewer | TokenRefusal> {
    if (expiresAt <= clock()) return 'EXPIRED';
    return whenThere(keys.find(kid), (key) =>
      key === null ? 'EXPIRED' : whenThere(find(sessionId), (viewer) => viewer ?? 'INVALID'),
    );
  }

  return {
    async read(token, use) {
      const access = await accessTokens.verify(token);
      if (access !== 'INVALID' || use === 'request') return access;
      const connection = await connectionTokens.verify(token);
      if (typeof connection === 'string') return connection;
      const { sessionId, issuedAt, kid } = connection;
      const expiresAt = new Date(issuedAt.getTime() + accessTokenSeconds * 1000);
      return { sessionId, expiresAt, kid };
    },
    findViewer: (credential) => findWith(sessions.findViewer, credential),
    checkViewer: (credential) => findWith(sessions.checkViewer, credential),
    remainingMs: ({ expiresAt }) => Math.max(0, expiresAt.getTime() - clock().getTime()),
  };
}
