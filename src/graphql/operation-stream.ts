import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  executeSubscriptionEvent,
  type GraphQLError,
  type ValidatedSubscriptionArgs,
  validateSubscriptionArgs,
} from 'graphql';
import type { Viewer } from '../modules/role/viewer.ts';
import { askNext, type FeedStep, feedOf, over } from '../platform/feed.ts';
import type { MaybeLater } from '../platform/maybe-later.ts';
import type { Caller } from './caller.ts';
import type { Context } from './context.ts';
import type { AnswerEvent } from './event-answers.ts';
import type { EventReader } from './event-readers.ts';
import type { SharedOperation } from './shared-operation.ts';
import { isLast, isTransient, type StreamOrRefusal } from './stream-answers.ts';
import { type Admission, type StreamAuthority, watchAuthority } from './stream-authority.ts';

/** How the events of a stream are answered. */
export interface EventAnswering {
  /** Makes the context of one event; throws when the caller's token or session has ended. */
  contextOfEvent(): MaybeLater<Context>;
  /** Answers one event: along with others if their answers must be the same. */
  readonly answer: AnswerEvent;
  /** Reads what its answers have in common with those of others; once the variables fit. */
  readOperation(): SharedOperation;
  /** Turns an answer into what the caller may see. */
  present(answer: ExecutionResult): ExecutionResult;
  /** Told when nothing more will come of the stream, whether its reader takes the rest or not. */
  onOver(): void;
  /** Told once when the stream is over and taken or left, with the number of answers. */
  onEnd(answers: number): void;
  readonly caller: Caller;
  /** As whom the stream is opened. */
  readonly viewer: Viewer | null;
  /** Makes the refusal of a caller whose token or session has ended. */
  refuse(): GraphQLError;
}

/** What the one door subscribes with. */
export type StreamArgs = ExecutionArgs & { answering: EventAnswering };

/**
 * Subscribes, and has each event answered anew: whoever reads a stream is asked for again with every
 * event. An answer without data is the last one.
 */
export async function openStream({ answering, ...args }: StreamArgs): Promise<StreamOrRefusal> {
  const validated = validateSubscriptionArgs(args);
  if (!('schema' in validated)) return { errors: validated };
  const source = await createSourceEventStream(validated);
  if (!isAsyncIterable(source)) return source;
  const operation = answering.readOperation();
  const authority = {
    ...answering,
    refuse: () => answering.present({ errors: [answering.refuse()] }),
    askAgain: () => openAgain(validated, answering),
  };
  return answerEvents(source, answering, authority, (rootValue) => ({
    userId: answering.viewer?.userId ?? null,
    operation,
    identify: answering.contextOfEvent,
    execute: (contextValue) => executeSubscriptionEvent({ ...validated, rootValue, contextValue }),
  }));
}

/** Opens a stream once more, and drops it before it begins. */
async function openAgain(
  args: ValidatedSubscriptionArgs,
  { contextOfEvent, present }: EventAnswering,
): Promise<Admission> {
  const open = async () =>
    createSourceEventStream({ ...args, contextValue: await contextOfEvent() });
  const opened = await open().catch((error: GraphQLError) => ({ errors: [error] }));
  if (isAsyncIterable(opened)) {
    await opened[Symbol.asyncIterator]().return?.();
    return 'allowed';
  }
  const refusal = present(opened);
  return isTransient(refusal) ? 'undecided' : refusal;
}

type Stream = AsyncIterableIterator<ExecutionResult>;

function answerEvents(
  source: AsyncIterable<unknown>,
  { answer, present, onOver, onEnd }: EventAnswering,
  authority: StreamAuthority,
  readerOf: (event: unknown) => EventReader,
): Stream {
  const events = source[Symbol.asyncIterator]();
  let refusal: ExecutionResult | null = null;
  const stopWatch = watchAuthority(authority, (last) => {
    refusal ??= last;
    void events.return?.();
    onOver();
  });
  let count = 0;
  let isOver = false;
  function end(): void {
    if (isOver) return;
    isOver = true;
    stopWatch();
    void events.return?.();
    onOver();
    onEnd(count);
  }

  /** Read by one reader, one answer at a time. */
  return feedOf<ExecutionResult>((onStep) => {
    const tell = (value: ExecutionResult) => onStep({ done: false, value });
    const tellLast = (last: ExecutionResult) => {
      end();
      tell(last);
    };
    const fail = (error: unknown) =>
      tellLast(refusal ?? present({ errors: [error as GraphQLError] }));
    const resolve = (given: ExecutionResult) => {
      // Access may have ended while the event was answered.
      if (refusal !== null) return tellLast(refusal);
      const result = present(given);
      count += 1;
      if (isLast(result)) end();
      tell(result);
    };
    const hear = (event: FeedStep<unknown>) => {
      if (event.done !== true)
        return answer(event.value, readerOf(event.value), { resolve, reject: fail });
      end();
      if (refusal === null) onStep(over);
      else tell(refusal);
    };
    if (isOver) onStep(over);
    else askNext(events, hear, fail);
  }, end);
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value;
}
