import {
  type ExecutionResult,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  parse,
} from 'graphql';
import { makeServer, type Server } from 'graphql-ws';
import { isLast, isStream, type StreamOrRefusal } from '../graphql/operation-stream.ts';
import { operationOf, type SocketOperation } from './websocket-operations.ts';

/** A connection as the protocol sees it. */
export interface Conversation {
  /** Learns from `connection_init` who opens it; false when that ended it. */
  open(parameters: Record<string, unknown> | undefined): Promise<boolean>;
  /** Runs an operation; what goes wrong is in the answer. */
  run(operation: SocketOperation): Promise<StreamOrRefusal>;
  /** Told of an answer without data before it is sent; resolves when that may be. */
  heed(operation: SocketOperation, refusal: ExecutionResult): Promise<void>;
}

/** Carries what a stream ends with through the library, which ends operations by errors. */
class StreamRefusedError extends Error {
  override readonly name = 'StreamRefusedError';
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    super('A stream ended with a refusal.');
    this.errors = errors;
  }
}

// The library looks at a document; what is handed on with this one is its answer already.
const document = parse('subscription { answered }');

/**
 * Speaks graphql-transport-ws (the PROTOCOL.md of graphql-ws) on all sockets. An answer without
 * data, be it the only one or the last one, ends its operation by an `error` message.
 */
export function createProtocol(schema: GraphQLSchema, initTimeoutMs: number): Server<Conversation> {
  return makeServer<Record<string, unknown>, Conversation>({
    connectionInitWaitTimeout: initTimeoutMs,
    onConnect: ({ extra, connectionParams }) => extra.open(connectionParams),
    async onSubscribe({ extra }, _id, payload) {
      const operation = operationOf(payload);
      const heed = (refusal: ExecutionResult) => extra.heed(operation, refusal);
      const answer = await extra.run(operation);
      if (isStream(answer)) return { schema, document, rootValue: refusable(answer, heed) };
      if ('data' in answer) return { schema, document, rootValue: answer };
      await heed(answer);
      return answer.errors ?? [];
    },
    subscribe: ({ rootValue }) => rootValue as StreamOrRefusal,
    onError: (_context, _id, _payload, errors) => errors.flatMap(reasonsOf).map(format),
  });
}

function refusable(
  stream: AsyncIterableIterator<ExecutionResult>,
  heed: (refusal: ExecutionResult) => Promise<void>,
): typeof stream {
  const leave = async () => (await stream.return?.()) ?? { done: true, value: undefined };
  return {
    async next() {
      const step = await stream.next();
      if (step.done === true || !isLast(step.value)) return step;
      await heed(step.value);
      // Whoever reads does not, after an error.
      await leave();
      throw new StreamRefusedError(step.value.errors ?? []);
    },
    return: leave,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Finds what is to be told; throws what nobody has made fit for callers to see. */
function reasonsOf(error: GraphQLError): readonly GraphQLError[] {
  if (error.cause === undefined) return [error];
  if (error.cause instanceof StreamRefusedError) return error.cause.errors;
  throw error.cause;
}

/** Leaves out what only HTTP has use for. */
function format(error: GraphQLError): GraphQLFormattedError {
  const { http: _http, ...extensions } = error.extensions;
  return { ...error.toJSON(), extensions };
}
