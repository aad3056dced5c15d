import { type ExecutionArgs, GraphQLError } from 'graphql';
import type { MaybeLater } from '../platform/maybe-later.ts';
import type { OperationCall } from './call.ts';
import type { Context } from './context.ts';
import type { AnswerEvent } from './event-answers.ts';
import type { LiveCosts } from './live-costs.ts';
import { present } from './mask-error.ts';
import type { Enveloped, PreparedOperation } from './prepare-operation.ts';
import { invalidBearer } from './require-standing.ts';
import { readSharedOperation } from './shared-operation.ts';
import { isStream, type StreamOrRefusal } from './stream-answers.ts';

/** What subscriptions have in common. */
export interface SubscriptionParts {
  answerEvent: AnswerEvent;
  liveCosts: LiveCosts;
}

/** A subscription that fits the schema and the limits, and who asks for it. */
export interface GivenSubscription {
  enveloped: Enveloped;
  prepared: PreparedOperation;
  args: ExecutionArgs;
  call: OperationCall;
  /** As whom it is opened. */
  viewer: Context['viewer'];
  /** Makes the context of one event; throws when the caller's token or session has ended. */
  contextOfEvent(): MaybeLater<Context>;
  /** Told once when the stream is over, with the number of answers. */
  onEnd(answers: number): void;
}

/** Opens the stream of a subscription, if there is room for it, until it is over. */
export async function runSubscription(
  { answerEvent, liveCosts }: SubscriptionParts,
  { enveloped, prepared, args, call, viewer, contextOfEvent, onEnd }: GivenSubscription,
): Promise<StreamOrRefusal> {
  if (call.transport === 'http') throw streamRequired();
  const { schema, variableValues } = args;
  // A stranger is let in by no subscription.
  const giveBack = viewer === null ? () => {} : liveCosts.take(viewer.userId, prepared.cost);
  let isOpen = false;
  try {
    const stream = await enveloped.subscribe({
      ...args,
      answering: {
        contextOfEvent,
        answer: answerEvent,
        readOperation: () =>
          readSharedOperation({ ...prepared, schema, variables: variableValues ?? undefined }),
        present: (answer) => present(answer, call),
        onOver: () => call.onStreamOver?.(),
        onEnd(answers) {
          giveBack();
          onEnd(answers);
        },
        caller: call.caller,
        viewer,
        refuse: invalidBearer,
      },
    });
    isOpen = isStream(stream);
    return stream;
  } finally {
    if (!isOpen) giveBack();
  }
}

function streamRequired(): GraphQLError {
  return new GraphQLError(
    'Subscriptions are answered over WebSocket, or with `Accept: text/event-stream`.',
    { extensions: { code: 'STREAM_REQUIRED', http: { status: 406 } } },
  );
}
