import {
  type ExecutionResult,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  parse,
} from 'graphql';
import { makeServer, type Server } from 'graphql-ws';
import { isLast, isStream, type StreamOrRefusal } from '../graphql/stream-answers.ts';
import { askNext, type FeedStep, over } from '../platform/feed.ts';
import type { MaybeLater } from '../platform/maybe-later.ts';
import { operationOf, type SocketOperation } from './websocket-operations.ts';

/** A connection as the protocol sees it. */
export interface Conversation {
  /** Learns from `connection_init` who opens it; false when that ended it. */
  open(parameters: Record<string, unknown> | undefined): Promise<boolean>;
  /** Runs an operation; what goes wrong is in the answer. */
  run(operation: SocketOperation): Promise<StreamOrRefusal>;
  /** Sends a message; a promise only where that takes time. */
  send(message: string): MaybeLater<void>;
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
    async onSubscribe({ extra }, id, payload) {
      const operation = operationOf(payload);
      const heed = (refusal: ExecutionResult) => extra.heed(operation, refusal);
      const answer = await extra.run(operation);
      const send = (text: string) => extra.send(nextMessage(id, text));
      if (isStream(answer)) return { schema, document, rootValue: told(answer, send, heed) };
      if ('data' in answer) return { schema, document, rootValue: answer };
      await heed(answer);
      return answer.errors ?? [];
    },
    subscribe: ({ rootValue }) => rootValue as StreamOrRefusal,
    onError: (_context, _id, _payload, errors) => errors.flatMap(reasonsOf).map(format),
  });
}

/**
 * Tells the answers of a stream, of which the library sees no more than the end: it would write each
 * of them anew for each subscriber.
 */
function told(
  stream: AsyncIterableIterator<ExecutionResult>,
  send: (answer: string) => MaybeLater<void>,
  heed: (refusal: ExecutionResult) => Promise<void>,
): AsyncIterableIterator<never> {
  const leave = async () => {
    await stream.return?.();
    return over;
  };
  async function refuse(refusal: ExecutionResult): Promise<never> {
    await heed(refusal);
    // Whoever reads does not, after an error.
    await leave();
    throw new StreamRefusedError(refusal.errors ?? []);
  }
  return {
    next: () =>
      new Promise((resolve, reject) => {
        const goOn = () => askNext(stream, hear, reject);
        function hear(step: FeedStep<ExecutionResult>): void {
          if (step.done === true) resolve(over);
          else if (isLast(step.value)) refuse(step.value).catch(reject);
          else tell(step.value);
        }
        function tell(answer: ExecutionResult): void {
          try {
            const sending = send(textOf(answer));
            if (sending instanceof Promise) void sending.then(goOn);
            else goOn();
          } catch (error) {
            // Thrown on, it would keep the answer from others to whom it is given after this one.
            reject(error);
            void leave();
          }
        }
        goOn();
      }),
    return: leave,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

const texts = new WeakMap<ExecutionResult, string>();

/** Writes an answer once for all who are given the same. */
function textOf(answer: ExecutionResult): string {
  const text = texts.get(answer) ?? JSON.stringify(answer);
  texts.set(answer, text);
  return text;
}

const nextMessage = (id: string, answer: string) =>
  `{"id":${JSON.stringify(id)},"type":"next","payload":${answer}}`;

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
