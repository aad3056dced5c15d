import { isLoopbackHost, isPlainOverNetwork } from './addresses.ts';
import type { Rule } from './rule.ts';
import { settings } from './settings.ts';

/** Memory in KiB and passes that OWASP's password storage cheat sheet holds to be equally strong. */
const leastHashing = [
  { memoryKib: 47_104, iterations: 1 },
  { memoryKib: 19_456, iterations: 2 },
  { memoryKib: 12_288, iterations: 3 },
  { memoryKib: 9216, iterations: 4 },
  { memoryKib: 7168, iterations: 5 },
];

/** Lists what a server that others reach must keep. */
export const productionRules: Rule[] = [
  {
    variable: 'DATABASE_URL',
    isBroken: ({ values, given }) => given.DATABASE_URL === undefined && !values.EMBEDDED_DATABASE,
    expected: 'a PostgreSQL URL in production, or EMBEDDED_DATABASE=true',
  },
  {
    variable: 'SECRET_KEY',
    isBroken: ({ given }) => given.SECRET_KEY === undefined,
    expected: `to be set in production: ${settings.SECRET_KEY.expected}`,
  },
  {
    variable: 'CORS_ORIGINS',
    isBroken: ({ values }) => values.CORS_ORIGINS?.includes('*') ?? false,
    expected: `no wildcard in production, but ${settings.CORS_ORIGINS.expected}`,
  },
  {
    variable: 'PUBLIC_URL',
    isBroken: ({ values }) => isPlainOverNetwork(values.PUBLIC_URL ?? ''),
    expected: 'an `https://` URL in production, unless it leads to this machine',
  },
  {
    variable: 'PUBLIC_URL',
    isBroken: ({ values, given }) => given.PUBLIC_URL === undefined && !isLoopbackHost(values.HOST),
    expected: 'to be set where HOST is not a loopback address: the `https://` URL of this server',
  },
  {
    variable: 'APP_URL',
    isBroken: ({ values }) => isPlainOverNetwork(values.APP_URL ?? ''),
    expected: 'an `https://` URL in production, unless it leads to this machine',
  },
  {
    variable: 'SMTP_URL',
    isBroken: ({ values, given }) =>
      values.SIGN_UP_ENABLED === true && given.SMTP_URL === undefined,
    expected: 'to be set in production where SIGN_UP_ENABLED=true: sign-ups are confirmed by mail',
  },
  {
    variable: 'PASSWORD_HASH_MEMORY_KIB',
    isBroken: ({ values }) =>
      !leastHashing.some(
        (least) =>
          values.PASSWORD_HASH_MEMORY_KIB >= least.memoryKib &&
          values.PASSWORD_HASH_ITERATIONS >= least.iterations,
      ),
    expected: `no weaker hashing in production than ${leastHashing
      .map(({ memoryKib, iterations }) => `${memoryKib} KiB with ${iterations} iterations`)
      .join(' or ')}`,
  },
];
