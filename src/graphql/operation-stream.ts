import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  executeSubscriptionEvent,
  type GraphQLError,
  validateSubscriptionArgs,
} from 'graphql';

/** What running a subscription may end with: a stream of answers, or one that says why not. */
export type StreamOrRefusal = AsyncIterableIterator<ExecutionResult> | ExecutionResult;

/** How the events of a stream are answered. */
export interface EventAnswering {
  /** Makes the context of one event; what it throws is the last answer. */
  contextOfEvent(): Promise<object>;
  /** Turns an answer into what the caller may see. */
  present(answer: ExecutionResult): ExecutionResult;
  /** Told once when the stream is over, with the number of answers. */
  onEnd(answers: number): void;
  /** Milliseconds after which the stream ends with a refusal; null when it may go on. */
  endsAfterMs: number | null;
  /** Makes that refusal. */
  refuse(): GraphQLError;
  /** Runs the answering of one event when its turn among all streams comes. */
  takeTurn<Result>(answer: () => Promise<Result>): Promise<Result>;
}

/** What the one door subscribes with. */
export type StreamArgs = ExecutionArgs & { answering: EventAnswering };

/**
 * Subscribes, and answers each event in a context of its own: whoever reads a stream is asked for
 * again with every event. An answer without data is the last one.
 */
export async function openStream({ answering, ...args }: StreamArgs): Promise<StreamOrRefusal> {
  const validated = validateSubscriptionArgs(args);
  if (!('schema' in validated)) return { errors: validated };
  const source = await createSourceEventStream(validated);
  if (!isAsyncIterable(source)) return source;
  return answerEvents(source, answering, (rootValue) =>
    answering.takeTurn(async () => {
      const contextValue = await answering.contextOfEvent();
      return executeSubscriptionEvent({ ...validated, rootValue, contextValue });
    }),
  );
}

type Stream = AsyncIterableIterator<ExecutionResult>;

/** Tells a stream from a single answer. */
export function isStream(answer: StreamOrRefusal): answer is Stream {
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

function answerEvents(
  source: AsyncIterable<unknown>,
  { present, onEnd, endsAfterMs, refuse }: EventAnswering,
  answer: (event: unknown) => Promise<ExecutionResult>,
): Stream {
  const events = source[Symbol.asyncIterator]();
  let isOver = false;
  const expire = () => {
    isOver = true;
    void events.return?.();
  };
  const timer = endsAfterMs === null ? undefined : setTimeout(expire, endsAfterMs);
  const leave = () => {
    clearTimeout(timer);
    void events.return?.();
  };

  let count = 0;
  let isTold = false;
  const end = () => {
    leave();
    if (!isTold) onEnd(count);
    isTold = true;
  };

  async function* answers() {
    try {
      for (let event = await events.next(); event.done !== true; event = await events.next()) {
        const result = present(await answer(event.value));
        count += 1;
        yield result;
        if (isLast(result)) return;
      }
      if (isOver) yield present({ errors: [refuse()] });
    } catch (error) {
      yield present({ errors: [error as GraphQLError] });
    } finally {
      end();
    }
  }
  return endingWith(answers(), end);
}

/**
 * Lets a stream do something when its reader leaves. A generator alone would first wait for the
 * next event, and would do nothing at all when it was never read.
 */
function endingWith(stream: Stream, leave: () => void): Stream {
  return {
    next: () => stream.next(),
    async return() {
      leave();
      return (await stream.return?.()) ?? { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value;
}
