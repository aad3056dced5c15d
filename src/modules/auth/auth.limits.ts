import { clientKey } from '../../platform/client-key.ts';
import { RateLimitedError } from '../../platform/errors.ts';
import type { Origin } from '../../platform/origin.ts';
import type { RateLimit, RateLimiter } from '../../platform/rate-limiter.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

const limits = {
  signInOfAccountFromAddress: {
    name: 'sign-in/ip+account',
    points: 10,
    windowSeconds: minute,
    scope: 'CLIENT_IP_AND_ACCOUNT',
  },
  signInFromAddress: { name: 'sign-in/ip', points: 100, windowSeconds: minute, scope: 'CLIENT_IP' },
  // One more passes by the gate, whose first delay begins with it.
  signInOfAccount: {
    name: 'sign-in/account',
    points: 9,
    windowSeconds: 6 * hour,
    scope: 'ACCOUNT',
  },
  // Counted in memory by a timer, which takes 24 days at most.
  clientOfAccount: {
    name: 'sign-in/known',
    points: 1,
    windowSeconds: 21 * day,
    scope: 'CLIENT_IP_AND_ACCOUNT',
  },
  mailToAccountFromAddress: {
    name: 'mail/ip+account',
    points: 5,
    windowSeconds: hour,
    scope: 'CLIENT_IP_AND_ACCOUNT',
  },
  mailToAccount: { name: 'mail/account', points: 19, windowSeconds: hour, scope: 'ACCOUNT' },
  mailFromAddress: { name: 'mail/ip', points: 50, windowSeconds: hour, scope: 'CLIENT_IP' },
  tokenFromAddress: { name: 'token/ip', points: 300, windowSeconds: minute, scope: 'CLIENT_IP' },
} as const satisfies Record<string, RateLimit>;

/** What goes on with growing delays once the tries of a limit are used up. */
const gateOf = ({ name, windowSeconds }: RateLimit) => {
  const gate = { points: 1, windowSeconds: 1, scope: 'ACCOUNT' } as const;
  return {
    gate: { ...gate, name: `${name}/gate` },
    passes: { ...gate, name: `${name}/passes`, points: 0, windowSeconds },
  };
};

/** Slows down guessing and mail floods; each throws RateLimitedError when there were too many. */
export interface AuthLimits {
  /**
   * Counts a try of a password, before it is compared: 10 a minute for an account from one client,
   * 100 in all from it. Clients that have not signed in to the account of late share 10 tries;
   * then it takes one at a time from them, with growing delays, as if it were there if it is not.
   */
  chargeSignIn(origin: Origin, email: string): Promise<void>;
  /**
   * Counts a try of a mailed code as one of a password, but for the delays of the account: whoever
   * guesses at its password must not keep its owner from coming in by mail.
   */
  chargeCode(origin: Origin, email: string): Promise<void>;
  /** Remembers for 21 days that a client came in to an account: its delays are not for this one. */
  noteSignIn(origin: Origin, email: string): Promise<void>;
  /**
   * Counts a request for a mail: 5 an hour to an address from one client, 50 from the client. Clients
   * that have not signed in to the address of late share 20; then it takes one at a time from them,
   * with growing delays.
   */
  chargeMail(origin: Origin, email: string): Promise<void>;
  /** Counts a mail that an administrator has sent to an address: with those of strangers, as above. */
  chargeMailTo(email: string): Promise<void>;
  /** Counts a try of a one-time or refresh token, or of a new password: 300 a minute from one client. */
  chargeToken(origin: Origin): Promise<void>;
  /**
   * Forgets the tries and mails of an account by whomever, and with them its delays. What is counted
   * by client, too, goes on.
   */
  forgetTries(email: string): Promise<void>;
}

const client = ({ ipAddress }: Origin) => clientKey(ipAddress);

const longestDelaySeconds = 15 * minute;

/** Builds the limits; they are charged outside transactions, so that a rollback refunds nothing. */
export function createAuthLimits(limiter: RateLimiter): AuthLimits {
  /** Counts a try; when there were enough, takes one at a time: after 1, 2, 4 … seconds, up to 15 minutes. */
  const chargeWithDelays = async (limit: RateLimit, email: string) => {
    try {
      await limiter.charge(limit, email);
    } catch (error) {
      if (!(error instanceof RateLimitedError)) throw error;
      const { gate, passes } = gateOf(limit);
      const passed = await limiter.readCount(passes, email);
      await limiter.charge(gate, email, Math.min(2 ** passed, longestDelaySeconds));
      // Only by who has passed: whoever is refused makes it no longer for the others.
      await limiter.count(passes, email);
    }
  };
  const isKnown = async (origin: Origin, email: string) =>
    (await limiter.readCount(limits.clientOfAccount, `${client(origin)} ${email}`)) > 0;
  const chargeCode = async (origin: Origin, email: string) => {
    await limiter.charge(limits.signInFromAddress, client(origin));
    await limiter.charge(limits.signInOfAccountFromAddress, `${client(origin)} ${email}`);
  };
  return {
    chargeCode,
    async chargeSignIn(origin, email) {
      await chargeCode(origin, email);
      if (!(await isKnown(origin, email))) await chargeWithDelays(limits.signInOfAccount, email);
    },
    // The count of strangers stays: that it began anew would tell them of the sign-in.
    noteSignIn: (origin, email) =>
      limiter.restart(limits.clientOfAccount, `${client(origin)} ${email}`),
    chargeMailTo: (email) => chargeWithDelays(limits.mailToAccount, email),
    async chargeMail(origin, email) {
      await limiter.charge(limits.mailFromAddress, client(origin));
      await limiter.charge(limits.mailToAccountFromAddress, `${client(origin)} ${email}`);
      // Whoever floods an address from elsewhere does not keep its owner from their mails.
      if (!(await isKnown(origin, email))) await chargeWithDelays(limits.mailToAccount, email);
    },
    async forgetTries(email) {
      for (const limit of [limits.signInOfAccount, limits.mailToAccount]) {
        const { gate, passes } = gateOf(limit);
        for (const counted of [limit, gate, passes]) await limiter.forget(counted, email);
      }
    },
    chargeToken: (origin) => limiter.charge(limits.tokenFromAddress, client(origin)),
  };
}
