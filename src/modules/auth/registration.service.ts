import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/database/database.ts';
import { isUniqueViolation } from '../../platform/database/failures.ts';
import { InvalidTokenError, RefusedError, ValidationError } from '../../platform/errors.ts';
import type { Keyring } from '../../platform/keyring.ts';
import { readOneTimeToken } from '../../platform/one-time-token.ts';
import type { Origin } from '../../platform/origin.ts';
import { isLongEnough } from '../../platform/password-text.ts';
import type { Commit } from '../../platform/unit-of-work.ts';
import type { RoleService } from '../role/role.service.ts';
import type { RefreshableSession, SessionService } from '../session/session.service.ts';
import { createAccount } from '../user/account.ts';
import type { AuthLimits } from './auth.limits.ts';
import type { AuthJobs } from './auth.mails.ts';
import type { PasswordHasher } from './password-hasher.ts';
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
   * address has an account. RateLimitedError, ValidationError for too short a password.
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
  /** Characters. */
  passwordMinLength: number;
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
      if (!isLongEnough(password, settings.passwordMinLength)) {
        throw new ValidationError([
          {
            path: ['input', 'password'],
            code: 'too_small',
            message: `Must have at least ${settings.passwordMinLength} characters.`,
          },
        ]);
      }
      await limits.chargeMail(origin, email);
      const passwordHash = await hasher.hash(password);
      const { ipAddress } = origin;
      const expiresAt = new Date(clock().getTime() + settings.signUpLifetimeSeconds * 1000);
      await commit(origin, async ({ transaction, audit, enqueue }) => {
        await forgetOldSignUps(transaction, clock());
        const { id } = await transaction.signUp.create({
          data: { email, displayName, passwordHash, locale: locale ?? null, ipAddress, expiresAt },
        });
        audit({ action: 'sign-up.requested', targetId: id });
        enqueue('mail', { kind: 'verify-email', signUpId: id });
      });
    },
    async resendVerification(origin, email) {
      await limits.chargeMail(origin, email);
      await commit(origin, async ({ audit, enqueue }) => {
        audit({ action: 'sign-up.mail-requested' });
        enqueue('mail', { kind: 'verify-email-again', email });
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
      // The code was right, so the row was there once: an earlier confirmation removed it.
      if (signUp === null) throw new InvalidTokenError('CONSUMED');
      if (signUp.expiresAt <= now) throw new InvalidTokenError('EXPIRED');
      const { email, displayName, passwordHash, locale } = signUp;
      const account = { email, displayName, passwordHash, locale, emailVerifiedAt: now };
      const userId = await createAccount(change, roles, {
        ...account,
        roles: ['user'],
        selfMade: true,
      });
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
  await transaction.signUp.deleteMany({ where: { expiresAt: { lt: before } } });
}

/** Removes a sign-up along with the others of its address, which nobody may confirm after it. */
async function takeSignUp(transaction: Transaction, id: string) {
  // In one order, or two links of one address that are followed at once would deadlock.
  await transaction.$queryRaw`
    SELECT id FROM sign_up WHERE email = (SELECT email FROM sign_up WHERE id = ${id}::uuid)
    ORDER BY id FOR UPDATE`;
  const signUp = await transaction.signUp.findUnique({ where: { id } });
  if (signUp !== null) await transaction.signUp.deleteMany({ where: { email: signUp.email } });
  return signUp;
}
