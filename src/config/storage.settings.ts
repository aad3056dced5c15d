import { certificateFile, postgresUrl } from './database-kinds.ts';
import { anyText, flag, oneOf, serviceUrl, wholeNumber } from './kinds.ts';
import { optional, withDefault } from './setting.ts';

/** Describes where data is kept. */
export const storageSettings = {
  DATABASE_URL: optional(postgresUrl(), {
    description:
      'PostgreSQL 15 or later. Counts as production. Its `sslmode` is used when `DATABASE_TLS` is unset.',
    example: 'postgres://latchkey:password@127.0.0.1:5432/latchkey',
    whenUnset: 'the embedded database; in production only with `EMBEDDED_DATABASE=true`',
    secret: true,
  }),
  DATABASE_DIRECT_URL: optional(postgresUrl(), {
    description: 'The same database past a transaction pooler, for migrations and LISTEN.',
    example: 'postgres://latchkey:password@127.0.0.1:5433/latchkey',
    whenUnset: 'the same as `DATABASE_URL`',
    secret: true,
  }),
  DATABASE_POOL_SIZE: withDefault(wholeNumber(1, 500), {
    description: 'Most PostgreSQL connections that each process opens for requests.',
    default: '10',
  }),
  DATABASE_CONNECT_TIMEOUT_MS: withDefault(wholeNumber(100, 60_000, 'milliseconds'), {
    description: 'How long to wait for a PostgreSQL connection, in milliseconds.',
    default: '5000',
  }),
  DATABASE_STATEMENT_TIMEOUT_MS: withDefault(wholeNumber(100, 600_000, 'milliseconds'), {
    description: 'How long one SQL statement may run, in milliseconds.',
    default: '15000',
  }),
  DATABASE_TLS: optional(oneOf('disable', 'require', 'verify'), {
    description:
      'Encryption to PostgreSQL: `verify` checks the certificate, `require` encrypts without checking it.',
    example: 'verify',
    whenUnset:
      '`verify` with `DATABASE_TLS_CA_FILE`; else by `sslmode`; else `disable` on this machine and for a host name without a dot, `verify` elsewhere',
  }),
  DATABASE_TLS_CA_FILE: optional(certificateFile(), {
    description: 'Certificate of the authority that `verify` trusts, a PEM file.',
    example: '/etc/latchkey/database-ca.pem',
    whenUnset: 'the authorities that Node trusts',
  }),
  DATA_DIR: withDefault(anyText('a path of a directory that this process may write'), {
    description: 'Directory of the embedded database and, in development, of the drawn secret key.',
    default: '.data',
  }),
  EMBEDDED_DATABASE: withDefault(flag(), {
    description:
      'Allows the embedded database in production: one process, no replicas, backed up as files.',
    default: 'false',
    example: 'true',
  }),
  EVENT_RETENTION_DAYS: withDefault(wholeNumber(1, 3650, 'days'), {
    description:
      'How long the log of events is kept, in days; clients that were away for longer are told of a gap.',
    default: '30',
  }),
  EVENT_RETENTION_EVENTS: withDefault(wholeNumber(1000, 1_000_000_000), {
    description: 'Most events that the log keeps, however young they are.',
    default: '1000000',
  }),
  REDIS_URL: optional(serviceUrl('redis', 'rediss'), {
    description: 'Redis that several instances share for rate limits.',
    example: 'rediss://:password@redis.example.com:6379',
    whenUnset: 'counted in PostgreSQL or in process',
    secret: true,
  }),
};
