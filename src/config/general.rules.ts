import { isLongEnough } from '../platform/password-text.ts';
import type { Rule } from './rule.ts';
import { settings } from './settings.ts';

const publishedKeys = [settings.SECRET_KEY.example, settings.SECRET_KEY_PREVIOUS.example];
const ownValue = 'a value of your own, not the example of the documentation';

/** Lists what holds in every mode. */
export const generalRules: Rule[] = [
  {
    variable: 'EMBEDDED_DATABASE',
    isBroken: ({ values, given }) => values.EMBEDDED_DATABASE && given.DATABASE_URL !== undefined,
    expected: '`false` or no value where DATABASE_URL is set',
  },
  {
    variable: 'WORKERS',
    // `auto` is never one: what a start on one core takes, a start on two would refuse.
    isBroken: ({ values, given }) => values.WORKERS !== 1 && given.DATABASE_URL === undefined,
    expected:
      '`1` or no value on the embedded database, which belongs to one process; PostgreSQL (DATABASE_URL) takes more',
  },
  {
    variable: 'DATABASE_URL',
    isBroken: ({ given }) =>
      given.DATABASE_DIRECT_URL !== undefined && given.DATABASE_URL === undefined,
    expected: 'to be set where DATABASE_DIRECT_URL is set',
  },
  {
    variable: 'DATABASE_TLS',
    isBroken: ({ values, given }) =>
      given.DATABASE_TLS_CA_FILE !== undefined && (values.DATABASE_TLS ?? 'verify') !== 'verify',
    expected: '`verify` or no value where DATABASE_TLS_CA_FILE is set',
  },
  {
    variable: 'SECRET_KEY',
    isBroken: ({ given }) =>
      given.SECRET_KEY_PREVIOUS !== undefined && given.SECRET_KEY === undefined,
    expected: 'to be set where SECRET_KEY_PREVIOUS is set',
  },
  {
    variable: 'SECRET_KEY_PREVIOUS',
    isBroken: ({ values }) =>
      values.SECRET_KEY !== undefined && values.SECRET_KEY_PREVIOUS === values.SECRET_KEY,
    expected: 'another key than SECRET_KEY, or no value outside a rotation',
  },
  {
    variable: 'ADMIN_EMAIL',
    isBroken: ({ given }) => given.ADMIN_PASSWORD !== undefined && given.ADMIN_EMAIL === undefined,
    expected: 'to be set where ADMIN_PASSWORD is set',
  },
  {
    variable: 'ADMIN_PASSWORD',
    isBroken: ({ given }) => given.ADMIN_EMAIL !== undefined && given.ADMIN_PASSWORD === undefined,
    expected: 'to be set where ADMIN_EMAIL is set',
  },
  {
    variable: 'ADMIN_PASSWORD',
    isBroken: ({ values }) =>
      values.ADMIN_PASSWORD !== undefined &&
      !isLongEnough(values.ADMIN_PASSWORD, values.PASSWORD_MIN_LENGTH),
    expected: settings.ADMIN_PASSWORD.expected,
  },
  {
    variable: 'SESSION_IDLE_SECONDS',
    isBroken: ({ values }) => values.SESSION_IDLE_SECONDS > values.SESSION_ABSOLUTE_SECONDS,
    expected: 'no more than SESSION_ABSOLUTE_SECONDS',
  },
  {
    variable: 'ACCESS_TOKEN_SECONDS',
    isBroken: ({ values }) => values.ACCESS_TOKEN_SECONDS > values.SESSION_IDLE_SECONDS,
    expected: 'no more than SESSION_IDLE_SECONDS',
  },
  {
    variable: 'SECRET_KEY',
    isBroken: ({ values }) => publishedKeys.includes(values.SECRET_KEY ?? ''),
    expected: ownValue,
  },
  {
    variable: 'SECRET_KEY_PREVIOUS',
    isBroken: ({ values }) => publishedKeys.includes(values.SECRET_KEY_PREVIOUS ?? ''),
    expected: ownValue,
  },
  {
    variable: 'ADMIN_PASSWORD',
    isBroken: ({ values }) => values.ADMIN_PASSWORD === settings.ADMIN_PASSWORD.example,
    expected: ownValue,
  },
];
