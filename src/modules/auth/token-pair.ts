import type { Keyring } from '../../platform/keyring.ts';
import { issueRefreshToken } from '../session/refresh-token.ts';
import type { RefreshableSession } from '../session/session-start.ts';
import type { SessionTokens } from './session-token.ts';

/** What a client holds of a session. */
export interface TokenPair {
  accessToken: string;
  accessTokenExpiresAt: Date;
  refreshToken: string;
  refreshTokenExpiresAt: Date;
  connectionToken: string;
}

/** What an answer shows of them; null what travels in cookies. */
export type DeliveredTokens = Omit<TokenPair, 'accessToken' | 'refreshToken'> &
  Record<'accessToken' | 'refreshToken', string | null>;

/** A session that has begun or goes on, and its tokens. */
export interface SignedIn<Tokens = TokenPair> {
  sessionId: string;
  userId: string;
  tokens: Tokens;
}

/** Makes the tokens of a session; nothing is stored. */
export type IssueTokens = (session: RefreshableSession) => Promise<SignedIn>;

/** Builds `issueTokens` over its parts. */
export function createIssueTokens(
  accessTokens: SessionTokens,
  connectionTokens: SessionTokens,
  keyring: Keyring,
): IssueTokens {
  return async (session) => {
    const access = await accessTokens.sign(session);
    const connection = await connectionTokens.sign(session);
    return {
      sessionId: session.id,
      userId: session.userId,
      tokens: {
        accessToken: access.token,
        accessTokenExpiresAt: access.expiresAt,
        refreshToken: issueRefreshToken(keyring, session),
        refreshTokenExpiresAt: session.expiresAt,
        connectionToken: connection.token,
      },
    };
  };
}
