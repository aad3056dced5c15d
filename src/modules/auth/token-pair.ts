import type { Keyring } from '../../platform/keyring.ts';
import { issueRefreshToken } from '../session/refresh-token.ts';
import type { RefreshableSession } from '../session/session.service.ts';
import type { AccessTokens } from './access-token.ts';

/** What a client holds of a session. */
export interface TokenPair {
  accessToken: string;
  accessTokenExpiresAt: Date;
  refreshToken: string;
  refreshTokenExpiresAt: Date;
}

/** A session that has begun or goes on, and its tokens. */
export interface SignedIn {
  sessionId: string;
  userId: string;
  tokens: TokenPair;
}

/** Makes the tokens of a session; nothing is stored. */
export type IssueTokens = (session: RefreshableSession) => Promise<SignedIn>;

/** Builds `issueTokens` over its parts. */
export function createIssueTokens(accessTokens: AccessTokens, keyring: Keyring): IssueTokens {
  return async (session) => {
    const access = await accessTokens.sign(session);
    return {
      sessionId: session.id,
      userId: session.userId,
      tokens: {
        accessToken: access.token,
        accessTokenExpiresAt: access.expiresAt,
        refreshToken: issueRefreshToken(keyring, session),
        refreshTokenExpiresAt: session.expiresAt,
      },
    };
  };
}
