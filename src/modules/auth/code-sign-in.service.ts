import type { MailedToken } from '../../generated/prisma/client.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/database/database.ts';
import {
  AccountUnavailableError,
  InvalidTokenError,
  RateLimitedError,
  type TokenFault,
} from '../../platform/errors.ts';
import type { Keyring } from '../../platform/keyring.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Change, Commit } from '../../platform/unit-of-work.ts';
import type { SessionService } from '../session/session.service.ts';
import type { RefreshableSession } from '../session/session-start.ts';
import { confirmAddress, lockAccount } from '../user/account.ts';
import type { AuthJobs } from './auth.jobs.ts';
import type { AuthLimits } from './auth.limits.ts';
import { faultOf, forgottenBefore, requestMailedToken } from './mailed-token.ts';
import { signInCodeMatches } from './sign-in-code.ts';
import type { IssueTokens, SignedIn } from './token-pair.ts';

/** What somebody signs in with who asked for a code, checked by the rules. */
export interface CodeSignInRequest {
  email: string;
  code: string;
  deviceLabel?: string | null | undefined;
}

/** How people sign in without a password. */
export interface CodeSignInService {
  /** Sends a code of six digits; does and answers the same for any address. RateLimitedError. */
  requestSignInCode(origin: Origin, email: string): Promise<void>;
  /**
   * Starts a session by the code that an address was sent. After five wrong ones no code of the
   * address is taken until those that were open have run out: RateLimitedError. InvalidTokenError,
   * AccountUnavailableError.
   */
  signInWithCode(origin: Origin, request: CodeSignInRequest): Promise<SignedIn>;
}

/** What it is built over. */
export interface CodeSignInParts {
  clock: Clock;
  commit: Commit<AuthJobs>;
  keyring: Keyring;
  sessions: SessionService;
  limits: AuthLimits;
  issueTokens: IssueTokens;
}

type CodeRequest = Pick<MailedToken, 'id' | 'expiresAt' | 'consumedAt' | 'failedTries'>;

/** How many requests are looked at; more than the limits let strangers have open at a time. */
const maxRequests = 100;
/** How many codes of an address are taken at a time: the latest, or many would be as many to guess. */
const maxOpenCodes = 3;
/** How many wrong codes an address may be tried with while requests are open. */
const maxFailedTries = 5;

/** What became of a try: kept by the commit, told after it. */
type Outcome = RefreshableSession | InvalidTokenError | AccountUnavailableError | RateLimitedError;

/** Opens the service. */
export function createCodeSignInService(parts: CodeSignInParts): CodeSignInService {
  const { clock, commit, limits, issueTokens } = parts;
  return {
    async requestSignInCode(origin, email) {
      await limits.chargeMail(origin, email);
      await commit(origin, async (change) => {
        const request = { purpose: 'SIGN_IN_CODE', email } as const;
        const targetId = await requestMailedToken(change, origin, request, clock());
        change.audit({ action: 'sign-in.code-requested', targetId });
      });
    },
    async signInWithCode(origin, request) {
      await limits.chargeCode(origin, request.email);
      const outcome = await commit(origin, (change) => trySignIn(change, parts, origin, request));
      if (outcome instanceof Error) throw outcome;
      // The code is used up: that the delays of the account go on is no reason to fail now.
      await limits.noteSignIn(origin, request.email).catch(() => {});
      return issueTokens(outcome);
    },
  };
}

async function trySignIn(
  change: Change<AuthJobs>,
  { clock, keyring, sessions }: CodeSignInParts,
  origin: Origin,
  { email, code, deviceLabel }: CodeSignInRequest,
): Promise<Outcome> {
  const { transaction, audit } = change;
  const now = clock();
  const account = await lockAccount(transaction, { email });
  const requests = await lockRequests(transaction, email, now);
  const unexpired = requests.filter(({ expiresAt }) => expiresAt > now);
  const tries = unexpired.reduce((sum, { failedTries }) => sum + failedTries, 0);
  if (tries >= maxFailedTries) return closedUntil(unexpired, now);
  const matching = requests.findIndex(({ id }) => signInCodeMatches(keyring, id, code));
  const fault = faultOfCode(requests, matching, now);
  if (fault !== null || account === null) {
    audit({ action: 'sign-in.refused', metadata: { reason: 'INVALID_TOKEN' } });
    // A code that was right once is no guess: who sends it twice has not got it from nowhere.
    if (fault === null || fault === 'UNKNOWN') await countFailure(transaction, unexpired[0]);
    return new InvalidTokenError(fault ?? 'UNKNOWN');
  }
  // Used up, whatever follows; so are the other codes that the address was sent.
  await transaction.mailedToken.updateMany({
    where: { id: { in: requests.map(({ id }) => id) }, consumedAt: null },
    data: { consumedAt: now },
  });
  if (account.status === 'SUSPENDED') {
    const metadata = { reason: 'ACCOUNT_UNAVAILABLE' };
    audit({ action: 'sign-in.refused', targetId: account.id, metadata });
    return new AccountUnavailableError(account.status, account.suspendedUntil);
  }
  await confirmAddress(change, account, now);
  return sessions.start(change, origin, { userId: account.id, amr: ['EMAIL_CODE'], deviceLabel });
}

/** Reads the latest requests of an address; one try at a time, so that none goes uncounted. */
function lockRequests(transaction: Transaction, email: string, now: Date): Promise<CodeRequest[]> {
  return transaction.$queryRaw<CodeRequest[]>`
    SELECT id, expires_at AS "expiresAt", consumed_at AS "consumedAt", failed_tries AS "failedTries"
    FROM mailed_token WHERE email = ${email} AND purpose = 'SIGN_IN_CODE'
      AND expires_at >= ${forgottenBefore(now)}
    ORDER BY expires_at DESC, id DESC LIMIT ${maxRequests} FOR UPDATE`;
}

function faultOfCode(
  requests: readonly CodeRequest[],
  matching: number,
  now: Date,
): TokenFault | null {
  const request = requests[matching];
  if (request === undefined) return 'UNKNOWN';
  return matching < maxOpenCodes ? faultOf(request, now) : 'CONSUMED';
}

function closedUntil(requests: readonly CodeRequest[], now: Date): RateLimitedError {
  const tried = requests.filter(({ failedTries }) => failedTries > 0);
  const end = Math.max(...tried.map(({ expiresAt }) => expiresAt.getTime()));
  return new RateLimitedError(Math.ceil((end - now.getTime()) / 1000), 'ACCOUNT');
}

async function countFailure(
  transaction: Transaction,
  newest: CodeRequest | undefined,
): Promise<void> {
  if (newest === undefined) return;
  await transaction.mailedToken.update({
    where: { id: newest.id },
    data: { failedTries: { increment: 1 } },
  });
}
