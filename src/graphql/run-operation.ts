import type { ExecutionArgs, GraphQLError, GraphQLSchema } from 'graphql';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { whenThere } from '../platform/maybe-later.ts';
import { type OperationCall, timed } from './call.ts';
import type { Identity, Standing } from './caller.ts';
import type { Context, Services } from './context.ts';
import { createAnswerEvent } from './event-answers.ts';
import { createLiveCosts } from './live-costs.ts';
import { present } from './mask-error.ts';
import type { OperationLimits } from './operation-limits.ts';
import { type Enveloped, type OperationRequest, prepareOperation } from './prepare-operation.ts';
import { requireStanding } from './require-standing.ts';
import { runSubscription } from './run-subscription.ts';
import { isStream, type StreamOrRefusal } from './stream-answers.ts';

/**
 * Runs one operation: limits, parse, validate, identify, execute, mask, log. Every transport enters
 * here, so that a guard holds on all of them. Never throws: refusals are in the result. A
 * subscription that is accepted answers with a stream.
 */
export type RunOperation = (
  enveloped: Enveloped,
  request: OperationRequest,
  call: OperationCall,
) => Promise<StreamOrRefusal>;

/** What the door is built over. */
export interface DoorParts {
  /** The one that all operations are for. */
  schema: GraphQLSchema;
  services: Services;
  db: PrismaClient;
  limits: OperationLimits;
  /** Most that the subscriptions of a user may cost together. */
  liveCostPerUser: number;
  /** Whether messages keep silent about names that are like the ones asked for. */
  hideSuggestions: boolean;
  /** Counts an operation of a client; throws RateLimitedError when there were too many. */
  chargeClient(ipAddress: string | null): Promise<void>;
}

/** What the log tells of an operation; filled in as it goes on. */
interface Progress {
  operationName: string | null;
  viewerId: string | null;
  bearer: Standing;
}

const maxLoggedNameLength = 100;

/** Builds the one door over the services behind it. */
export function createRunOperation(parts: DoorParts): RunOperation {
  const { services, db, limits, hideSuggestions, chargeClient } = parts;
  const subscriptionParts = {
    answerEvent: createAnswerEvent(parts.schema),
    liveCosts: createLiveCosts(parts.liveCostPerUser),
  };

  return async (enveloped, request, call) => {
    const startedAt = performance.now();
    const progress: Progress = { operationName: null, viewerId: null, bearer: 'none' };
    const tell = (outcome: unknown, more?: { answers: number }) =>
      call.log.info(
        {
          requestId: call.requestId,
          transport: call.transport,
          ...progress,
          outcome,
          ...more,
          durationMs: Math.round(performance.now() - startedAt),
        },
        more ? 'stream' : 'operation',
      );
    const answer = await run(enveloped, request, call, progress, (answers) =>
      tell('ended', { answers }),
    ).catch((error: unknown) => ({ errors: [error as GraphQLError] }));
    if (isStream(answer)) {
      tell('ok');
      return answer;
    }
    const presented = present(answer, call);
    tell(presented.errors?.map(({ extensions }) => extensions.code) ?? 'ok');
    return presented;
  };

  async function run(
    enveloped: Enveloped,
    request: OperationRequest,
    call: OperationCall,
    progress: Progress,
    onStreamEnd: (answers: number) => void,
  ): Promise<StreamOrRefusal> {
    await chargeClient(call.ipAddress);
    const prepared = await prepareOperation(enveloped, request, limits, call);
    if (!('document' in prepared)) return { errors: prepared };
    const { document, operation } = prepared;
    progress.operationName = operation.name?.value.slice(0, maxLoggedNameLength) ?? null;
    const contextAs = (identity: Identity) => {
      progress.bearer = identity.standing;
      progress.viewerId = identity.viewer?.userId ?? null;
      requireStanding(enveloped, prepared, identity);
      return contextFor(identity, call);
    };
    const context = await timed(call, 'authenticate', () =>
      whenThere(call.caller.identify(), contextAs),
    );
    const args: ExecutionArgs = {
      schema: enveloped.schema,
      document,
      contextValue: await enveloped.contextFactory(context),
      variableValues: request.variables,
      operationName: request.operationName,
      hideSuggestions,
    };
    if (operation.operation !== 'subscription') {
      return timed(call, 'execute', () => enveloped.execute(args));
    }
    return runSubscription(subscriptionParts, {
      enveloped,
      prepared,
      args,
      call,
      viewer: context.viewer,
      contextOfEvent: () => whenThere(call.caller.check(), contextAs),
      onEnd: onStreamEnd,
    });
  }

  function contextFor({ viewer }: Identity, call: OperationCall): Context {
    const { requestId, ipAddress, userAgent, cookies, caller } = call;
    const origin = { requestId, ipAddress, userAgent, actorId: viewer?.userId ?? null };
    return { db, services, viewer, caller, origin, cookies, rows: null };
  }
}
