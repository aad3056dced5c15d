import { errorCodeOf } from '../error-code.ts';
import { DatabaseTimeoutError } from './deadline.ts';

/** Tells whether a write was refused because another row has the value; `constraint` is its name. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  const cause = driverCause(error);
  if (cause?.originalCode !== '23505') return false;
  // The embedded database names the constraint in the message alone, always in English.
  return (
    cause.constraint?.index === constraint ||
    cause.originalMessage?.endsWith(`"${constraint}"`) === true
  );
}

/**
 * Tells whether a write was refused because rows refer to what it would remove, or because it refers
 * to what is not there. From version 18 on PostgreSQL has a code of its own for `ON DELETE RESTRICT`.
 */
export function isForeignKeyViolation(error: unknown): boolean {
  const sqlState = sqlStateOf(error);
  return sqlState === '23503' || sqlState === '23001';
}

/** Tells whether an update or delete found no row to act on. */
export function isMissingRow(error: unknown): boolean {
  return errorCodeOf(error) === 'P2025';
}

/**
 * Tells whether the database could not be reached, was shut down, was too busy or took too long.
 *
 * The same call may succeed later. Whether a write that failed so was committed is unknown.
 */
export function isUnavailable(error: unknown): boolean {
  for (const link of causes(error)) {
    const cause = driverCause(link);
    if (link instanceof DatabaseTimeoutError) return true;
    const code = errorCodeOf(link) ?? '';
    if (unavailableCodes.has(code) || unavailableMessages.has(messageOf(link))) return true;
    if (isUnavailableState(code) || isUnavailableState(cause?.originalCode ?? '')) return true;
    if (unavailableKinds.has(cause?.kind ?? '')) return true;
  }
  return false;
}

/** Reads the SQLSTATE of a statement that the database refused, such as `23505`; null otherwise. */
export function sqlStateOf(error: unknown): string | null {
  return driverCause(error)?.originalCode ?? null;
}

/** What the drivers say of a fault, as Prisma hands it on. */
interface DriverCause {
  kind?: string;
  originalCode?: string;
  originalMessage?: string;
  constraint?: { index?: string };
}

/** Of Prisma (https://www.prisma.io/docs/orm/reference/error-reference) and of sockets. */
const unavailableCodes = new Set([
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
  'P2037',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);

const unavailableKinds = new Set([
  'ConnectionClosed',
  'DatabaseNotReachable',
  'SocketTimeout',
  'TooManyConnections',
]);

/** Errors of pg, pg-pool and PGlite that carry no code. */
const unavailableMessages = new Set([
  'Cannot use a pool after calling end on the pool',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Connection terminated',
  'Connection terminated due to connection timeout',
  'Connection terminated unexpectedly',
  'PGlite is closed',
  'PGlite is closing',
  'Query read timeout',
  'timeout exceeded when trying to connect',
  'timeout expired',
]);

/**
 * Connection exceptions, insufficient resources, shutdown and start-up, statement timeout, idle
 * transaction timeout (https://www.postgresql.org/docs/current/errcodes-appendix.html).
 */
function isUnavailableState(sqlState: string): boolean {
  return /^(08|53)...$|^57P0[1-5]$|^57014$|^25P03$/.test(sqlState);
}

function driverCause(error: unknown): DriverCause | null {
  const meta = propertyOf(error, 'meta');
  const cause = propertyOf(propertyOf(meta, 'driverAdapterError') ?? error, 'cause');
  return typeof cause === 'object' ? cause : null;
}

function* causes(error: unknown): Generator<unknown> {
  let link = error;
  for (let depth = 0; link !== undefined && depth < 8; depth += 1) {
    yield link;
    link = propertyOf(link, 'cause');
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
