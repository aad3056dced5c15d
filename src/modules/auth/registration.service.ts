import type { SignUp } from '../../generated/prisma/client.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/database/database.ts';
import { isUniqueViolation } from '../../platform/database/failures.ts';
import { InvalidTokenError, RefusedError } from '../../platform/errors.ts';
import type { Keyring } from '../../platform/keyring.ts';
import { readOneTimeToken } from '../../platform/one-time-token.ts';
import type { Origin } from '../../platform/origin.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import type { RoleService } from '../role/role.service.ts';
import type { SessionService } from '../session/session.service.ts';
import type { RefreshableSession } from '../session/session-start.ts';
import { createAccount } from '../user/account.ts';
import type { AuthJobs } from './auth.jobs.ts';
import type { AuthLimits } from './auth.limits.ts';
import { requireOpen } from './mailed-token.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { PasswordPolicy } from './password-policy.ts';
import { removeSignUps } from './sign-ups.ts';
import type { IssueTokens, SignedIn } from './token-pair.ts';

/** What somebody signs up with, checked and normalised by the rules. */
export interface SignUpRequest {
  email: string;
  password: string;
  displayName: string;
  locale?: string | null | undefined;
}

/** How people get an account. */
export interface RegistrationService {
  /**
   * Keeps a sign-up until its mail is confirmed. Does and answers the same whether or not the
   * address has an account. RateLimitedError, ValidationError for a password that the policy refuses.
   */
  signUp(origin: Origin, request: SignUpRequest): Promise<void>;
  /** Sends the mails of the address's open sign-ups again; the same for any address. RateLimitedError. */
  resendVerification(origin: Origin, email: string): Promise<void>;
  /** Turns the sign-up that a token belongs to into a user and signs them in. InvalidTokenError, RateLimitedError. */
  verifyEmail(origin: Origin, token: string): Promise<SignedIn>;
}

/** The rules of the house for new accounts. */
export interface RegistrationSettings {
  signUpEnabled: boolean;
  /** How long the link in the mail works. */
  signUpLifetimeSeconds: number;
}

const keptAfterExpiryMs = 7 * 24 * 60 * 60 * 1000;

/** What registration is built over. */
export interface RegistrationParts {
  clock: Clock;
  commit: Commit<AuthJobs>;
  keyring: Keyring;
  roles: RoleService;
  sessions: SessionService;
  hasher: PasswordHasher;
  policy: PasswordPolicy;
  limits: AuthLimits;
  issueTokens: IssueTokens;
  settings: RegistrationSettings;
}

/** Opens the registration service. */
export function createRegistrationService(parts: RegistrationParts): RegistrationService {
  const { clock, commit, hasher, limits, settings } = parts;
  return {
    async signUp(origin, { email, password, displayName, locale }) {
      if (!settings.signUpEnabled) {
        throw new RefusedError('SIGN_UP_DISABLED', 'Sign-up is closed here.');
      }
      // Looking a password up is work: also who sends refused ones is counted.
      await limits.chargeToken(origin);
      await parts.policy.check(password, { email, displayName, path: ['input', 'password'] });
      await limits.chargeMail(origin, email);
      const passwordHash = await hasher.hash(password);
      const place = placeOf(origin);
      const expiresAt = new Date(clock().getTime() + settings.signUpLifetimeSeconds * 1000);
      await commit(origin, async ({ transaction, audit, enqueue }) => {
        await forgetOldSignUps(transaction, clock());
        const { id } = await transaction.signUp.create({
          data: { email, displayName, passwordHash, locale: locale ?? null, ...place, expiresAt },
        });
        audit({ action: 'sign-up.requested', targetId: id });
        enqueue('mail', { kind: 'verify-email', signUpId: id });
      });
    },
    async resendVerification(origin, email) {
      await limits.chargeMail(origin, email);
      const place = placeOf(origin);
      await commit(origin, async ({ audit, enqueue }) => {
        audit({ action: 'sign-up.mail-requested' });
        enqueue('mail', { kind: 'verify-email-again', email, ...place });
      });
    },
    async verifyEmail(origin, token) {
      await limits.chargeToken(origin);
      const signUpId = readOneTimeToken(parts.keyring, 'verify-email', token);
      if (signUpId === null) throw new InvalidTokenError('UNKNOWN');
      return parts.issueTokens(await confirm(parts, origin, signUpId));
    },
  };
}

const placeOf = ({ ipAddress, userAgent }: Origin) => ({ ipAddress, userAgent });

/** Makes the user and the session; anything that fails leaves the sign-up as it was. */
async function confirm(
  { clock, commit, roles, sessions }: RegistrationParts,
  origin: Origin,
  signUpId: string,
): Promise<RefreshableSession> {
  try {
    return await commit(origin, async (change) => {
      const signUp = await takeSignUp(change.transaction, signUpId);
      const now = clock();
      const { email, displayName, passwordHash, locale } = requireOpen(signUp, now);
      const account = { email, displayName, passwordHash, locale, emailVerifiedAt: now };
      const userId = await createAccount(change, roles, {
        ...account,
        roles: ['user'],
        selfMade: true,
      });
      // Ties what is known of the sign-up to the account, so that it can be erased along with it.
      change.audit({ action: 'sign-up.confirmed', actorId: userId, targetId: signUpId });
      change.enqueue('mail', { kind: 'welcome', userId });
      return sessions.start(change, origin, { userId, amr: ['EMAIL_CODE'] });
    });
  } catch (error) {
    if (isUniqueViolation(error, 'user_email_key')) throw new InvalidTokenError('CONSUMED');
    throw error;
  }
}

/** Drops sign-ups that ran out long ago; until then their links say that they did. */
async function forgetOldSignUps(transaction: Transaction, now: Date): Promise<void> {
  const before = new Date(now.getTime() - keptAfterExpiryMs);
  // What others hold is left to the next one, or two could wait for each other in a circle.
  await transaction.$executeRaw`
    DELETE FROM sign_up WHERE id IN (
      SELECT id FROM sign_up WHERE expires_at < ${before} FOR UPDATE SKIP LOCKED)`;
}

/** Removes a sign-up along with the others of its address; null when it is gone already. */
async function takeSignUp(transaction: Transaction, id: string): Promise<SignUp | null> {
  const asked = await transaction.signUp.findUnique({ where: { id } });
  const removed = asked === null ? [] : await removeSignUps(transaction, asked.email);
  return removed.includes(id) ? asked : null;
}
