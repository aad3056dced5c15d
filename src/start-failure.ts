import { isDriverAdapterError } from '@prisma/driver-adapter-utils';
import { badConfigurationExitCode } from './config/configuration-error.ts';
import type { Config } from './config.ts';
import { SampleAccountsError } from './modules/administration/first-accounts.ts';
import { SigningKeyError } from './modules/auth/signing-key-error.ts';
import { DataDirectoryInUseError } from './platform/database/directory-lock.ts';
import { isUnavailable } from './platform/database/failures.ts';
import { MigrationError } from './platform/database/migration-error.ts';
import { describeFault, type Fault } from './platform/fault.ts';
import type { Log } from './platform/log.ts';
import { SecretFileError } from './platform/secret-file.ts';

/** Why a start failed. */
export interface StartFailure {
  /** One line for whoever operates the server. */
  message: string;
  /** Where in the code; absent when the message says what to do. */
  fault?: Fault;
}

type Places = Pick<Config, 'host' | 'port' | 'dataDir'>;

/** Ends the process after a start that failed, and logs why; its exit code says whether to try again. */
export function failStart(error: unknown, config: Places, log: Log): never {
  const { message, ...where } = describeStartFailure(error, config);
  log.fatal(where, message);
  return process.exit(error instanceof SampleAccountsError ? badConfigurationExitCode : 1);
}

/** Words why a start failed; of a cause that operators meet it says what to do about it. */
export function describeStartFailure(error: unknown, places: Places): StartFailure {
  const known =
    describeOwn(error) ??
    describeSocket(error, places) ??
    describeDirectory(error, places) ??
    describeServer(error);
  if (known !== null) return { message: known };
  const message = error instanceof Error ? error.message : 'The server cannot start.';
  return { message, fault: describeFault(error) };
}

/** Errors whose message is written for whoever operates the server. */
const ownErrors = [
  DataDirectoryInUseError,
  MigrationError,
  SampleAccountsError,
  SecretFileError,
  SigningKeyError,
];

function describeOwn(error: unknown): string | null {
  const isOwn = ownErrors.some((own) => error instanceof own);
  return isOwn && error instanceof Error ? error.message.replace(/\s*\n\s*/g, ' ') : null;
}

function describeSocket(error: unknown, { host, port }: Places): string | null {
  const { code, syscall } = systemError(error);
  if (syscall !== 'listen' && syscall !== 'getaddrinfo') return null;
  if (code === 'EADDRINUSE')
    return `Port ${port} of ${host} is in use by another process. Stop it, or set PORT to another.`;
  if (code === 'EACCES')
    return `This account may not listen on port ${port}. Set PORT to one above 1023.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `${host} is not an address of this machine. Set HOST to one that is.`;
  if (code === 'ENOTSUP') return 'On this system processes cannot share a port. Set WORKERS to 1.';
  return null;
}

function describeDirectory(error: unknown, { dataDir }: Places): string | null {
  const { code, path } = systemError(error);
  if (code !== 'ERR_SQLITE_ERROR' && !path?.startsWith(dataDir)) return null;
  return `The data directory ${dataDir} cannot be used (${code}). Set DATA_DIR to one that this account can write.`;
}

/** By what the driver makes of it, never in its own words, which may repeat the URL. */
const refusals: Record<string, string> = {
  AuthenticationFailed: 'The PostgreSQL server refuses the user or password of DATABASE_URL.',
  DatabaseAccessDenied:
    'The PostgreSQL server refuses the user of DATABASE_URL, or wants an encrypted connection (DATABASE_TLS).',
  DatabaseDoesNotExist: 'The PostgreSQL server has no database of the name in DATABASE_URL.',
  TlsConnectionError:
    'An encrypted connection to the PostgreSQL server cannot be made. Check DATABASE_TLS.',
};

function describeServer(error: unknown): string | null {
  const refusal = isDriverAdapterError(error) ? refusals[error.cause.kind] : undefined;
  if (refusal !== undefined) return refusal;
  return isUnavailable(error)
    ? 'The PostgreSQL server of DATABASE_URL cannot be reached or takes no connection.'
    : null;
}

function systemError(error: unknown): NodeJS.ErrnoException | Record<string, undefined> {
  return error instanceof Error ? error : {};
}
