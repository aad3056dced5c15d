import { flag, oneOf, personAddress, sender, serviceUrl, webPage, wholeNumber } from './kinds.ts';
import { newPassword, secretKey } from './secret-kinds.ts';
import { optional, withDefault } from './setting.ts';

/** Describes keys, accounts, sessions and mail. */
export const accountSettings = {
  SECRET_KEY: optional(secretKey(), {
    description:
      'Key that every other key of this server is derived from; the same on all instances.',
    example: 'replace-this-by-the-output-of-openssl-rand-base64-48',
    whenUnset: 'drawn once into `DATA_DIR` in development; required in production',
    secret: true,
  }),
  SECRET_KEY_PREVIOUS: optional(secretKey(), {
    description: 'Second key that is accepted but never used to make anything, for a rotation.',
    example: 'the-key-that-was-or-will-be-SECRET_KEY',
    whenUnset: 'none',
    secret: true,
  }),
  ADMIN_EMAIL: optional(personAddress(), {
    description: 'Address of the first admin, who is made when the database has no account yet.',
    example: 'admin@example.com',
    whenUnset: 'no admin is made',
  }),
  ADMIN_PASSWORD: optional(newPassword(), {
    description: 'Password of the first admin; not read again afterwards, so remove it then.',
    example: 'a-long-password-of-your-own',
    whenUnset: 'no admin is made',
    secret: true,
  }),
  SIGN_UP_ENABLED: optional(flag(), {
    description: 'Whether strangers may sign up.',
    example: 'false',
    whenUnset: '`true` in development and where `SMTP_URL` is set, `false` otherwise',
  }),
  SIGN_UP_LIFETIME_SECONDS: withDefault(wholeNumber(600, 604_800, 'seconds'), {
    description: 'How long a sign-up waits for its address to be confirmed, in seconds.',
    default: '86400',
  }),
  PASSWORD_MIN_LENGTH: withDefault(wholeNumber(8, 64), {
    description:
      'Fewest characters of a new password; NIST SP 800-63B asks for 15 where it is the only factor.',
    default: '15',
  }),
  PASSWORD_HASH_MEMORY_KIB: withDefault(wholeNumber(1024, 1_048_576, 'KiB'), {
    description: 'Memory that argon2id fills for each password, in KiB.',
    default: '19456',
  }),
  PASSWORD_HASH_ITERATIONS: withDefault(wholeNumber(1, 20), {
    description: 'Passes of argon2id over that memory.',
    default: '2',
  }),
  PASSWORD_HASH_PARALLELISM: withDefault(wholeNumber(1, 16), {
    description: 'Threads of argon2id for each password.',
    default: '1',
  }),
  PASSWORD_HASH_QUEUE: withDefault(wholeNumber(1, 10_000), {
    description: 'Most passwords that wait to be hashed by a process; more are refused.',
    default: '64',
  }),
  BREACHED_PASSWORDS_URL: optional(webPage(), {
    description:
      'Range service that new passwords are looked up in, by the first 5 digits of their SHA-1; new passwords are taken while it does not answer.',
    example: 'https://api.pwnedpasswords.com/range',
    whenUnset: 'only the list that comes with the server',
  }),
  SIGN_IN_FLOOR_MS: withDefault(wholeNumber(0, 5000, 'milliseconds'), {
    description: 'Least time that a failed sign-in takes to be answered, in milliseconds.',
    default: '500',
  }),
  STEP_UP_SECONDS: withDefault(wholeNumber(60, 86_400, 'seconds'), {
    description:
      'How long ago users may have proved who they are when they do what needs it, such as to change their address, in seconds.',
    default: '600',
  }),
  ACCESS_TOKEN_ALGORITHM: withDefault(oneOf('EdDSA', 'ES256'), {
    description: 'Algorithm that new access tokens are signed with; the same on all instances.',
    default: 'EdDSA',
  }),
  SIGNING_KEY_DAYS: withDefault(wholeNumber(1, 3650, 'days'), {
    description: 'How long a key signs access tokens until the next one takes over, in days.',
    default: '90',
  }),
  ACCESS_TOKEN_SECONDS: withDefault(wholeNumber(60, 3600, 'seconds'), {
    description:
      'How long an access token is valid, in seconds; near 60, streams say at once that it runs out, and renewing them helps little.',
    default: '600',
  }),
  REFRESH_REUSE: withDefault(oneOf('window', 'until-used'), {
    description:
      'How long a replaced refresh token leads to its successor: 10 seconds, or until the successor is used, for clients that lose answers; a thief who keeps pace is then not noticed.',
    default: 'window',
  }),
  SESSION_IDLE_SECONDS: withDefault(wholeNumber(600, 31_536_000, 'seconds'), {
    description: 'How long a session lives without being refreshed, in seconds.',
    default: '2592000',
  }),
  SESSION_ABSOLUTE_SECONDS: withDefault(wholeNumber(600, 63_072_000, 'seconds'), {
    description: 'How long a session lives at most, in seconds.',
    default: '7776000',
  }),
  SMTP_URL: optional(serviceUrl('smtp', 'smtps'), {
    description: 'Server that mails are handed to. `smtp://` with a user name insists on STARTTLS.',
    example: 'smtps://latchkey:password@mail.example.com:465',
    whenUnset: 'the outbox page in development; no mail is sent in production',
    secret: true,
  }),
  MAIL_LANGUAGE: withDefault(oneOf('en', 'de'), {
    description: 'Language of the mails to people who have not chosen one that there are mails in.',
    default: 'en',
  }),
  MAIL_FROM: optional(sender(), {
    description: 'Sender of the mails.',
    example: 'Example <no-reply@example.com>',
    whenUnset: '`Latchkey <no-reply@…>` at the host of `PUBLIC_URL`',
  }),
};
