import { assemble } from './config/assemble.ts';
import { ConfigurationError } from './config/configuration-error.ts';
import { deepFreeze } from './config/deep-freeze.ts';
import { readEnvironmentFile } from './config/environment-file.ts';
import { type Mode, reasonsForProduction } from './config/mode.ts';
import { checkTogether } from './config/rules.ts';
import { pickGiven, readSettings } from './config/settings.ts';
import type { DatabaseSettings } from './platform/database/database.ts';
import type { LogSettings } from './platform/log.ts';

/** Everything an operator can set, checked and deeply frozen; docs/configuration.md explains it. */
export interface Config {
  readonly mode: Mode;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Processes that share the port; more than one on PostgreSQL only. */
  readonly workers: number;
  /** Origin without a slash at its end; issuer of access tokens. Holds port 0 when `port` is 0. */
  readonly publicUrl: string;
  /** Web address without a slash at its end, possibly with a path. */
  readonly appUrl: string;
  /** Origins as browsers send them; `*` alone, in development only, stands for all. */
  readonly corsOrigins: readonly string[];
  readonly trustedProxyHops: number;
  readonly requestBodyBytes: number;
  readonly uploadMaxBytes: number;
  readonly shutdownGraceSeconds: number;
  readonly introspection: boolean;
  readonly graphiql: boolean;
  /** What one operation may ask for; counts, unless the name says otherwise. */
  readonly operationLimits: {
    readonly documentBytes: number;
    readonly tokens: number;
    readonly depth: number;
    readonly aliases: number;
    readonly directives: number;
    readonly listItems: number;
    readonly cost: number;
    readonly validationErrors: number;
  };
  /** What one client address may do. */
  readonly clientLimits: {
    readonly operationsPerMinute: number;
    readonly liveConnections: number;
  };
  /** What one user may do. */
  readonly userLimits: {
    readonly liveConnections: number;
    /** Of all subscriptions that run. */
    readonly liveCost: number;
  };
  readonly webSockets: {
    readonly maxOperations: number;
    readonly messageBytes: number;
    readonly initTimeoutMs: number;
  };
  readonly log: Readonly<LogSettings>;
  /** Absolute path. */
  readonly dataDir: string;
  readonly database: Readonly<DatabaseSettings>;
  readonly eventRetention: {
    readonly days: number;
    /** Rows of the log of events. */
    readonly events: number;
  };
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
    /** How many may wait to be hashed. */
    readonly maxWaiting: number;
    /** Web address of a range service, without a slash at its end; null for none. */
    readonly breachedUrl: string | null;
  };
  /** Least time that a failed sign-in takes. */
  readonly signInFloorMs: number;
  /** How recent a proof must be for what needs one. */
  readonly stepUpSeconds: number;
  readonly tokens: {
    readonly algorithm: 'EdDSA' | 'ES256';
    /** How long a key signs. */
    readonly keyDays: number;
    readonly accessTokenSeconds: number;
  };
  readonly sessions: {
    readonly idleSeconds: number;
    readonly absoluteSeconds: number;
    /** How long a replaced refresh token leads to its successor. */
    readonly refreshReuse: 'window' | 'until-used';
  };
  readonly smtpUrl: string | null;
  /** For people who have not chosen a language that there are mails in. */
  readonly mailLanguage: 'en' | 'de';
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
