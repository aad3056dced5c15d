import type { ExecutionResult } from 'graphql';

/** What running a subscription may end with: a stream of answers, or one that says why not. */
export type StreamOrRefusal = AsyncIterableIterator<ExecutionResult> | ExecutionResult;

/** Tells a stream from a single answer. */
export function isStream(
  answer: StreamOrRefusal,
): answer is AsyncIterableIterator<ExecutionResult> {
  return Symbol.asyncIterator in answer;
}

/** Tells the last answer of a stream: whoever may not see one event may not see the next. */
export function isLast({ data }: ExecutionResult): boolean {
  return data == null;
}

/** Tells an answer that says nothing of what was asked for: the database was away just then. */
export function isTransient(answer: ExecutionResult): boolean {
  const { errors = [] } = answer;
  return isLast(answer) && errors.some(({ extensions }) => extensions.code === unavailable);
}

const unavailable = 'SERVICE_UNAVAILABLE';
