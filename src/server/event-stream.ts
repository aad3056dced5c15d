import type { ExecutionResult } from 'graphql';
import { GraphQLError } from 'graphql';
import type { OperationCall } from '../graphql/call.ts';
import type { HeldCallers } from '../graphql/held-callers.ts';
import { isStream, isTransient, type StreamOrRefusal } from '../graphql/stream-answers.ts';
import type { LiveConnections, NotAdmitted } from './live-connections.ts';

/** One request whose answer may be an event stream. */
export interface StreamHold {
  /** Runs the operation, and holds its stream, if it has one, to the limits. */
  open(run: () => Promise<StreamOrRefusal>): Promise<StreamOrRefusal>;
  /** Lets go of the stream that nobody reads, now or once it is there. */
  leave(): void;
  /** Gives the client of a stream that is over a few seconds to take what is left of it. */
  expire(): void;
  /** Aborted when the connection is to be cut off, whatever its client has not taken. */
  readonly cutOff: AbortSignal;
}

/** How long a client may take to read the end of its stream. */
const drainMs = 5_000;

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

const cutOffs = new WeakMap<Response, AbortSignal>();

/** Notes what cuts off the connection on which an event stream is sent. */
export function noteCutOff(response: Response, { cutOff }: StreamHold): void {
  if (isEventStream(response.headers)) cutOffs.set(response, cutOff);
}

/** Finds what cuts off the connection of an answer; none but an event stream is cut off. */
export const cutOffOf = (response: Response): AbortSignal | undefined => cutOffs.get(response);

/** What bounds and watches what is held open. */
export interface StreamWatch {
  connections: Pick<LiveConnections, 'admit'>;
  heldCallers: Pick<HeldCallers, 'hold'>;
}

/** Holds the event stream of one request. */
export function holdStream(
  { connections, heldCallers }: StreamWatch,
  { ipAddress, caller }: Pick<OperationCall, 'ipAddress' | 'caller'>,
): StreamHold {
  let stream: AsyncIterableIterator<ExecutionResult> | undefined;
  let release = () => {};
  const cutting = new AbortController();
  let isLeft = false;

  function leave(): void {
    isLeft = true;
    release();
    void stream?.return?.();
  }
  function cut(): void {
    leave();
    cutting.abort();
  }

  function admit(): NotAdmitted | 'full for user' | null {
    const admitted = connections.admit(ipAddress, { close: cut });
    if (typeof admitted === 'string') return admitted;
    release = admitted;
    const held = heldCallers.hold({ caller, giveUp: cut });
    if (held === 'full') return 'full for user';
    release = () => {
      admitted();
      held();
    };
    return null;
  }

  async function next(): Promise<IteratorResult<ExecutionResult>> {
    const step = (await stream?.next()) ?? { done: true, value: undefined };
    if (step.done !== true && isTransient(step.value)) cut();
    if (step.done === true) release();
    // By an error and not an end: clients take an orderly end for the last word, and do not return.
    if (cutting.signal.aborted) throw new Error('The stream was cut off.');
    return step;
  }

  return {
    leave,
    expire: () => void setTimeout(() => cutting.abort(), drainMs).unref(),
    cutOff: cutting.signal,
    async open(run) {
      const answer = await run();
      // Some clients say of all that they ask that a stream would do.
      if (!isStream(answer)) return answer;
      stream = answer;
      const refused = admit();
      if (refused !== null) {
        leave();
        return { errors: [refusals[refused]()] };
      }
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

const tooMany = (message: string) =>
  new GraphQLError(message, {
    extensions: { code: 'CONNECTION_LIMIT_EXCEEDED', http: { status: 429 } },
  });

const refusals: Record<NotAdmitted | 'full for user', () => GraphQLError> = {
  full: () => tooMany('Too many connections are held open from this address.'),
  'full for user': () => tooMany('Too many connections are held open by this user.'),
  stopping: () =>
    new GraphQLError('The server is about to stop.', {
      extensions: {
        code: 'SERVICE_UNAVAILABLE',
        http: { status: 503, headers: { 'retry-after': '1' } },
      },
    }),
};
