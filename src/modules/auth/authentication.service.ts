import type { UserStatus } from '../../generated/prisma/client.ts';
import type { Database } from '../../platform/database/database.ts';
import { AccountUnavailableError, InvalidCredentialsError } from '../../platform/errors.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import type { Viewer } from '../role/viewer.ts';
import type { RefreshSession } from '../session/session.refresh.ts';
import type { SessionService } from '../session/session.service.ts';
import type { AccessTokens } from './access-token.ts';
import type { AuthLimits } from './auth.limits.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { IssueTokens, SignedIn } from './token-pair.ts';

/** What somebody signs in with, checked and normalised by the rules. */
export interface SignInRequest {
  email: string;
  password: string;
  deviceLabel?: string | null | undefined;
}

/** How people prove who they are. */
export interface AuthenticationService {
  /**
   * Starts a session by address and password. InvalidCredentialsError, at the same cost for an
   * unknown address, a wrong password and a suspended account; AccountUnavailableError only after
   * the right password; RateLimitedError.
   */
  signIn(origin: Origin, request: SignInRequest): Promise<SignedIn>;
  /** Exchanges a refresh token for its one successor. InvalidTokenError, RateLimitedError. */
  refresh(origin: Origin, refreshToken: string): Promise<SignedIn>;
  /** Reads who calls with an access token; null when the token does not hold or its session ended. */
  authenticate(accessToken: string): Promise<Viewer | null>;
}

/** What authentication is built over. */
export interface AuthenticationParts {
  database: Pick<Database, 'prisma'>;
  commit: Commit;
  sessions: SessionService;
  refreshSession: RefreshSession;
  hasher: PasswordHasher;
  limits: AuthLimits;
  accessTokens: AccessTokens;
  issueTokens: IssueTokens;
}

/** Opens the authentication service. */
export function createAuthenticationService(parts: AuthenticationParts): AuthenticationService {
  const { commit, sessions, hasher, limits, accessTokens, issueTokens } = parts;
  const { prisma } = parts.database;

  /** Keeps a refused attempt in the audit trail, whether or not there is such an account. */
  const recordRefusal = (origin: Origin, userId: string | undefined, reason: string) =>
    commit(origin, async ({ audit }) =>
      audit({
        action: 'sign-in.refused',
        ...(userId !== undefined && { targetId: userId }),
        metadata: { reason },
      }),
    );

  return {
    async signIn(origin, { email, password, deviceLabel }) {
      await limits.chargeSignIn(origin, email);
      const user = await findCredential(prisma, email);
      const matches = await hasher.verify(user?.hash ?? null, password);
      if (user === null || !matches) {
        await recordRefusal(origin, user?.id, 'INVALID_CREDENTIALS');
        throw new InvalidCredentialsError();
      }
      if (user.status === 'SUSPENDED') {
        await recordRefusal(origin, user.id, 'ACCOUNT_UNAVAILABLE');
        throw new AccountUnavailableError(user.status);
      }
      const session = await commit(origin, (change) =>
        sessions.start(change, origin, { userId: user.id, amr: ['PASSWORD'], deviceLabel }),
      );
      return issueTokens(session);
    },
    async refresh(origin, refreshToken) {
      await limits.chargeToken(origin);
      return issueTokens(await parts.refreshSession(origin, refreshToken));
    },
    async authenticate(accessToken) {
      const sessionId = await accessTokens.verify(accessToken);
      return sessionId === null ? null : sessions.findViewer(sessionId);
    },
  };
}

/** Reads an account and its password in one statement, so that a known address costs no more. */
async function findCredential(prisma: Database['prisma'], email: string) {
  const [row] = await prisma.$queryRaw<
    { id: string; status: UserStatus; hash: string | null }[]
  >`SELECT u.id, u.status, p.hash
    FROM "user" u LEFT JOIN password_credential p ON p.user_id = u.id
    WHERE u.email = ${email}`;
  return row ?? null;
}
