import { resolve } from 'node:path';
import { httpOrigin, mailDomain } from './config/addresses.ts';
import { ConfigurationError } from './config/configuration-error.ts';
import { databaseSettings } from './config/database-settings.ts';
import { deepFreeze } from './config/deep-freeze.ts';
import { readEnvironmentFile } from './config/environment-file.ts';
import { type Mode, reasonsForProduction } from './config/mode.ts';
import { checkTogether } from './config/rules.ts';
import { pickGiven, readSettings, type SettingValues } from './config/settings.ts';
import type { DatabaseSettings } from './platform/database/database.ts';
import type { LogSettings } from './platform/log.ts';

/** Everything an operator can set, checked and deeply frozen; docs/configuration.md explains it. */
export interface Config {
  readonly mode: Mode;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Origin without a slash at its end; issuer of access tokens. Holds port 0 when `port` is 0. */
  readonly publicUrl: string;
  /** Web address without a slash at its end, possibly with a path. */
  readonly appUrl: string;
  /** Origins as browsers send them; `*` alone, in development only, stands for all. */
  readonly corsOrigins: readonly string[];
  readonly trustedProxyHops: number;
  readonly requestBodyBytes: number;
  readonly shutdownGraceSeconds: number;
  readonly introspection: boolean;
  readonly log: Readonly<LogSettings>;
  /** Absolute path. */
  readonly dataDir: string;
  readonly database: Readonly<DatabaseSettings>;
  readonly redisUrl: string | null;
  /** Null in development only, where a key is drawn into the data directory. */
  readonly secretKey: string | null;
  readonly previousSecretKey: string | null;
  /** Made when the database has no account yet. */
  readonly firstAdmin: { readonly email: string; readonly password: string } | null;
  readonly signUpEnabled: boolean;
  readonly signUpLifetimeSeconds: number;
  readonly passwords: {
    /** Counted in Unicode code points. */
    readonly minLength: number;
    /** Parameters of argon2id. */
    readonly hashing: {
      readonly memoryKib: number;
      readonly iterations: number;
      readonly parallelism: number;
    };
  };
  readonly tokens: { readonly accessTokenSeconds: number };
  readonly sessions: { readonly idleSeconds: number; readonly absoluteSeconds: number };
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
}

/**
 * Reads the environment of this process and, below it, a `.env` file if there is one.
 *
 * A variable that the process was given, even empty, wins over the file. Throws
 * ConfigurationError when the file cannot be read or a line of it is malformed.
 */
export function readEnvironment(file = '.env'): Record<string, string | undefined> {
  return { ...readEnvironmentFile(file), ...process.env };
}

/**
 * Turns environment variables into the configuration, deeply frozen.
 *
 * Throws one ConfigurationError that lists every problem and repeats no value. `atTerminal` says
 * whether a person reads standard output, which decides the default form of the log.
 */
export function loadConfig(
  environment: Record<string, string | undefined> = process.env,
  atTerminal: boolean = process.stdout.isTTY === true,
): Config {
  const given = pickGiven(environment);
  const { values, problems: unreadable } = readSettings(given);
  const reasons = reasonsForProduction(given);
  const mode = reasons.length === 0 ? 'development' : 'production';
  const problems = [...unreadable, ...checkTogether({ values, given }, mode)];
  if (problems.length > 0) {
    const why =
      reasons.length === 0 ? '' : `This start counts as production: ${reasons.join(', ')}.`;
    throw new ConfigurationError(problems, why);
  }
  return deepFreeze(assemble(values, mode, atTerminal));
}

function assemble(values: SettingValues, mode: Mode, atTerminal: boolean): Config {
  const development = mode === 'development';
  const publicUrl = values.PUBLIC_URL ?? httpOrigin(values.HOST, values.PORT);
  const dataDir = resolve(values.DATA_DIR);
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = values;
  return {
    mode,
    host: values.HOST,
    port: values.PORT,
    publicUrl,
    appUrl: values.APP_URL ?? publicUrl,
    corsOrigins: values.CORS_ORIGINS ?? [],
    trustedProxyHops: values.TRUSTED_PROXY_HOPS,
    requestBodyBytes: values.REQUEST_BODY_BYTES,
    shutdownGraceSeconds: values.SHUTDOWN_GRACE_SECONDS,
    introspection: values.INTROSPECTION ?? development,
    log: {
      level: values.LOG_LEVEL,
      format: values.LOG_FORMAT ?? (development && atTerminal ? 'pretty' : 'json'),
    },
    dataDir,
    database: databaseSettings(values, dataDir),
    redisUrl: values.REDIS_URL ?? null,
    secretKey: values.SECRET_KEY ?? null,
    previousSecretKey: values.SECRET_KEY_PREVIOUS ?? null,
    firstAdmin: email === undefined || password === undefined ? null : { email, password },
    signUpEnabled: values.SIGN_UP_ENABLED ?? (development || values.SMTP_URL !== undefined),
    signUpLifetimeSeconds: values.SIGN_UP_LIFETIME_SECONDS,
    passwords: {
      minLength: values.PASSWORD_MIN_LENGTH,
      hashing: {
        memoryKib: values.PASSWORD_HASH_MEMORY_KIB,
        iterations: values.PASSWORD_HASH_ITERATIONS,
        parallelism: values.PASSWORD_HASH_PARALLELISM,
      },
    },
    tokens: { accessTokenSeconds: values.ACCESS_TOKEN_SECONDS },
    sessions: {
      idleSeconds: values.SESSION_IDLE_SECONDS,
      absoluteSeconds: values.SESSION_ABSOLUTE_SECONDS,
    },
    smtpUrl: values.SMTP_URL ?? null,
    mailFrom: values.MAIL_FROM ?? `Latchkey <no-reply@${mailDomain(publicUrl)}>`,
  };
}
