import { PothosValidationError } from '@pothos/core';
import { type ExecutionResult, GraphQLError, type GraphQLErrorExtensions, Kind } from 'graphql';
import { isUnavailable } from '../platform/database/failures.ts';
import { RateLimitedError, RefusedError, ValidationError } from '../platform/errors.ts';
import { describeFault } from '../platform/fault.ts';
import type { Log } from '../platform/log.ts';

/** What an error is reported with. */
export interface Incident {
  requestId: string;
  log: Log;
  /** Whether the operation was executed: then part of the answer may hold, and HTTP says 200. */
  executed: boolean;
  /** Only HTTP has use for a status. */
  transport: 'http' | 'sse' | 'websocket';
}

/** Turns an answer into what the caller may see. */
export function present(
  answer: ExecutionResult,
  call: Omit<Incident, 'executed'>,
): ExecutionResult {
  if (answer.errors === undefined) return answer;
  const executed = 'data' in answer;
  const errors = answer.errors.map((fault) => maskError(fault, { ...call, executed }));
  return { ...answer, errors };
}

/**
 * Turns whatever was thrown into what a caller may see: a fixed message and a stable code. A fault
 * that no rule knows is logged, and answered with the request id alone, by which it can be found.
 */
export function maskError(error: unknown, incident: Incident): GraphQLError {
  const { message, http, ...extensions } = describe(originalOf(error), incident);
  const { nodes, source, positions, path }: Partial<GraphQLError> = isGraphQLError(error)
    ? error
    : {};
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    extensions: {
      ...extensions,
      ...(!incident.executed &&
        incident.transport !== 'websocket' && { http: statusFor(incident, http) }),
    },
  });
}

interface PublicError extends GraphQLErrorExtensions {
  message: string;
  code: unknown;
}

// `spec`: 200 to clients that accept application/json alone, as GraphQL over HTTP asks for.
const badRequest = { status: 400, spec: true };

/**
 * Says what HTTP is to answer with. In an event stream what is wrong with the request is told as an
 * answer (GraphQL over SSE): readers of streams see no body of a refused one.
 */
function statusFor({ transport }: Incident, http: GraphQLErrorExtensions['http']) {
  return http === undefined || (transport === 'sse' && http.status === 400) ? badRequest : http;
}

/** How Pothos says that an id is of another type; the message repeats the id. */
const idOfAnotherType = /is not of type:/;

/** How graphql ends a message that says which value it could not take. */
const repeatedInput = /(?:, found|(?<=\bvalue)): .*$/s;

function describe(cause: unknown, { requestId, log, executed }: Incident): PublicError {
  if (cause instanceof ValidationError) {
    return { message: cause.message, code: 'BAD_USER_INPUT', issues: cause.issues };
  }
  if (cause instanceof RateLimitedError) {
    const { message, code, retryAfterSeconds, scope } = cause;
    const http = { status: 429, headers: { 'retry-after': String(retryAfterSeconds) } };
    return { message, code, retryAfterSeconds, scope, http };
  }
  if (cause instanceof RefusedError) return { message: cause.message, code: cause.code };
  if (cause instanceof PothosValidationError && idOfAnotherType.test(cause.message)) {
    return { message: 'An id is of another type than is asked for.', code: 'BAD_USER_INPUT' };
  }
  if (isGraphQLError(cause) && isAboutRequest(cause, executed)) {
    const message = cause.message.replace(repeatedInput, '.');
    return { code: 'BAD_USER_INPUT', ...cause.extensions, message };
  }
  const fault = describeFault(cause);
  if (isUnavailable(cause)) {
    log.warn({ requestId, fault }, 'The database did not answer.');
    const http = { status: 503 };
    return { message: 'Not available right now.', code: 'SERVICE_UNAVAILABLE', http };
  }
  log.error({ requestId, fault }, 'An operation failed.');
  const http = { status: 500 };
  return { message: 'Something went wrong.', code: 'INTERNAL_SERVER_ERROR', requestId, http };
}

/**
 * Tells what the caller did wrong from what the server did: without a code of ours an error is
 * graphql's own, about an argument (then it points at what was sent) or about an answer that does
 * not fit the schema (then at the field), which is a fault like any other.
 */
function isAboutRequest(error: GraphQLError, executed: boolean): boolean {
  const { extensions, nodes } = error;
  if (extensions.code !== undefined || !executed) return true;
  return nodes?.some(({ kind }) => kind !== Kind.FIELD) ?? false;
}

/** Finds what was thrown in the first place, below the errors that only say where. */
function originalOf(error: unknown): unknown {
  let original = error;
  while (isGraphQLError(original) && original.originalError) original = original.originalError;
  return original;
}

/** Recognises the errors of any copy of graphql (a test runner may load two) and their subclasses. */
function isGraphQLError(error: unknown): error is GraphQLError {
  return error instanceof Error && 'extensions' in error && 'locations' in error;
}
