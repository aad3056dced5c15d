import type { Database } from '../../platform/database/database.ts';
import { AccountUnavailableError, InvalidCredentialsError } from '../../platform/errors.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import type { RefreshSession } from '../session/session.refresh.ts';
import type { SessionService } from '../session/session.service.ts';
import { type LockedAccount, lockAccount } from '../user/account.ts';
import type { AuthJobs } from './auth.jobs.ts';
import type { AuthLimits } from './auth.limits.ts';
import type { FailureFloor } from './failure-floor.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { findBetterHash, holdPassword, type StoredPassword } from './password-rehash.ts';
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
   * the right password; neither before the floor; RateLimitedError.
   */
  signIn(origin: Origin, request: SignInRequest): Promise<SignedIn>;
  /** Exchanges a refresh token for its one successor. InvalidTokenError, RateLimitedError. */
  refresh(origin: Origin, refreshToken: string): Promise<SignedIn>;
}

/** What authentication is built over. */
export interface AuthenticationParts {
  database: Pick<Database, 'prisma'>;
  commit: Commit<AuthJobs>;
  sessions: SessionService;
  refreshSession: RefreshSession;
  hasher: PasswordHasher;
  limits: AuthLimits;
  floor: FailureFloor;
  issueTokens: IssueTokens;
}

/** Opens the authentication service. */
export function createAuthenticationService(parts: AuthenticationParts): AuthenticationService {
  const { commit, sessions, hasher, limits, issueTokens } = parts;
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

  const signIn = async (origin: Origin, { email, password, deviceLabel }: SignInRequest) => {
    await limits.chargeSignIn(origin, email);
    const user = await findCredential(prisma, email);
    const matches = await hasher.verify(user?.hash ?? null, password);
    const refuse = async (refusal: InvalidCredentialsError | AccountUnavailableError) => {
      await recordRefusal(origin, user?.userId, refusal.code);
      return refusal;
    };
    if (user === null || !matches) throw await refuse(new InvalidCredentialsError());
    await limits.noteSignIn(origin, email);
    if (user.status === 'SUSPENDED')
      throw await refuse(new AccountUnavailableError(user.status, user.suspendedUntil));
    const betterHash = await findBetterHash(hasher, user, password);
    const outcome = await commit(origin, async (change) => {
      const account = await lockAccount(change.transaction, { userId: user.userId });
      if (account?.status === 'SUSPENDED')
        return new AccountUnavailableError(account.status, account.suspendedUntil);
      if (account === null || !(await holdPassword(change, user, betterHash)))
        return new InvalidCredentialsError();
      return sessions.start(change, origin, { userId: account.id, amr: ['PASSWORD'], deviceLabel });
    });
    if (outcome instanceof Error) throw await refuse(outcome);
    return issueTokens(outcome);
  };

  return {
    signIn: (origin, request) => parts.floor(() => signIn(origin, request)),
    async refresh(origin, refreshToken) {
      await limits.chargeToken(origin);
      return issueTokens(await parts.refreshSession(origin, refreshToken));
    },
  };
}

type Standing = Pick<LockedAccount, 'status' | 'suspendedUntil'>;

/**
 * Reads an account and its password in one statement, so that a known address costs no more. One
 * without a password has an empty hash, which fits none.
 */
async function findCredential(prisma: Database['prisma'], email: string) {
  const [row] = await prisma.$queryRaw<(StoredPassword & Standing)[]>`
    SELECT u.id AS "userId", u.status, u.suspended_until AS "suspendedUntil", coalesce(p.hash, '') AS hash,
      coalesce(p.changed_at, u.created_at) AS "changedAt"
    FROM "user" u LEFT JOIN password_credential p ON p.user_id = u.id
    WHERE u.email = ${email}`;
  return row ?? null;
}
