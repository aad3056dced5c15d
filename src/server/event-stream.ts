import type { ExecutionResult } from 'graphql';
import { GraphQLError } from 'graphql';
import type { Call } from '../graphql/call.ts';
import { isStream, isTransient, type StreamOrRefusal } from '../graphql/operation-stream.ts';
import type { LiveConnections, NotAdmitted } from './live-connections.ts';

/** One request whose answer may be an event stream. */
export interface StreamHold {
  /** Runs the operation, and holds its stream, if it has one, to the limits. */
  open(run: () => Promise<StreamOrRefusal>): Promise<StreamOrRefusal>;
  /** Lets go of the stream that nobody reads, now or once it is there. */
  leave(): void;
}

/** Tells whether a client asks for an event stream by name; one that takes anything does not. */
export function acceptsEventStream(headers: Headers): boolean {
  return /(?:^|,)\s*text\/event-stream\s*(?:[;,]|$)/i.test(headers.get('accept') ?? '');
}

/** Tells an event stream from other answers. */
export function isEventStream(headers: Headers): boolean {
  return headers.get('content-type')?.startsWith('text/event-stream') ?? false;
}

/** Keeps proxies from holding back, packing or keeping what is sent bit by bit. */
export function keepFlowing(headers: Headers): void {
  if (!isEventStream(headers)) return;
  headers.set('cache-control', 'no-cache, no-transform');
  headers.set('x-accel-buffering', 'no');
  // Yoga's word against packing is no name of a coding.
  headers.delete('content-encoding');
}

/** Holds the event stream of one request, over the register of what is held open. */
export function holdStream(connections: LiveConnections, { ipAddress }: Call): StreamHold {
  let stream: AsyncIterableIterator<ExecutionResult> | undefined;
  let release = () => {};
  let isLeft = false;
  let isCut = false;

  function leave(): void {
    isLeft = true;
    release();
    void stream?.return?.();
  }
  function cut(): void {
    isCut = true;
    leave();
  }

  async function next(): Promise<IteratorResult<ExecutionResult>> {
    const step = (await stream?.next()) ?? { done: true, value: undefined };
    if (step.done !== true && isTransient(step.value)) cut();
    if (step.done === true) release();
    // By an error and not an end: clients take an orderly end for the last word, and do not return.
    if (isCut) throw new Error('The stream was cut off.');
    return step;
  }

  return {
    leave,
    async open(run) {
      const answer = await run();
      // Some clients say of all that they ask that a stream would do.
      if (!isStream(answer)) return answer;
      stream = answer;
      const admitted = connections.admit(ipAddress, { close: cut });
      if (typeof admitted === 'string') {
        leave();
        return { errors: [refusals[admitted]()] };
      }
      release = admitted;
      if (isLeft) leave();
      const held: AsyncIterableIterator<ExecutionResult> = {
        next,
        async return() {
          leave();
          return { done: true, value: undefined };
        },
        [Symbol.asyncIterator]: () => held,
      };
      return held;
    },
  };
}

const refusals: Record<NotAdmitted, () => GraphQLError> = {
  full: () =>
    new GraphQLError('Too many connections are held open from this address.', {
      extensions: { code: 'CONNECTION_LIMIT_EXCEEDED', http: { status: 429 } },
    }),
  stopping: () =>
    new GraphQLError('The server is about to stop.', {
      extensions: {
        code: 'SERVICE_UNAVAILABLE',
        http: { status: 503, headers: { 'retry-after': '1' } },
      },
    }),
};
