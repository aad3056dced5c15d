import { isIPv6 } from 'node:net';
import type { Origin } from '../../platform/origin.ts';
import type { RateLimit, RateLimiter } from '../../platform/rate-limiter.ts';

const minute = 60;
const hour = 60 * minute;
const groupsOfIPv6 = 8;

const limits = {
  signInOfAccountFromAddress: {
    name: 'sign-in/ip+account',
    points: 10,
    windowSeconds: minute,
    scope: 'CLIENT_IP_AND_ACCOUNT',
  },
  signInFromAddress: { name: 'sign-in/ip', points: 100, windowSeconds: minute, scope: 'CLIENT_IP' },
  mailToAccountFromAddress: {
    name: 'mail/ip+account',
    points: 5,
    windowSeconds: hour,
    scope: 'CLIENT_IP_AND_ACCOUNT',
  },
  mailToAccount: { name: 'mail/account', points: 20, windowSeconds: hour, scope: 'ACCOUNT' },
  mailFromAddress: { name: 'mail/ip', points: 50, windowSeconds: hour, scope: 'CLIENT_IP' },
  tokenFromAddress: { name: 'token/ip', points: 300, windowSeconds: minute, scope: 'CLIENT_IP' },
} as const satisfies Record<string, RateLimit>;

/** Slows down guessing and mail floods; each throws RateLimitedError when there were too many. */
export interface AuthLimits {
  /** Counts a try of a password: 10 a minute for an account from one address, 100 in all from it. */
  chargeSignIn(origin: Origin, email: string): Promise<void>;
  /** Counts a request for a mail: 5 an hour to an address from one client, 20 to it, 50 from the client. */
  chargeMail(origin: Origin, email: string): Promise<void>;
  /** Counts a try of a one-time or refresh token: 300 a minute from one client. */
  chargeToken(origin: Origin): Promise<void>;
}

/** Names who is counted: an IPv4 address, or the /64 that an IPv6 client has all addresses of. */
function client({ ipAddress }: Origin): string {
  if (ipAddress === null || !isIPv6(ipAddress)) return ipAddress ?? 'unknown';
  // A URL writes the address canonically: one `::` at most, for the groups that are missing.
  const [head = [], tail = []] = new URL(`http://[${ipAddress}]`).hostname
    .slice(1, -1)
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: groupsOfIPv6 - head.length - tail.length }, () => '0');
  const filled = [...head, ...zeros, ...tail];
  return `${filled.slice(0, 4).join(':')}::/64`;
}

/** Builds the limits; they are charged outside transactions, so that a rollback refunds nothing. */
export function createAuthLimits(limiter: RateLimiter): AuthLimits {
  return {
    async chargeSignIn(origin, email) {
      await limiter.charge(limits.signInFromAddress, client(origin));
      await limiter.charge(limits.signInOfAccountFromAddress, `${client(origin)} ${email}`);
    },
    async chargeMail(origin, email) {
      await limiter.charge(limits.mailFromAddress, client(origin));
      await limiter.charge(limits.mailToAccountFromAddress, `${client(origin)} ${email}`);
      await limiter.charge(limits.mailToAccount, email);
    },
    chargeToken: (origin) => limiter.charge(limits.tokenFromAddress, client(origin)),
  };
}
