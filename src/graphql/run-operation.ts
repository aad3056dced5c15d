import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import pLimit from 'p-limit';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { type OperationCall, timed } from './call.ts';
import { type Identity, invalidBearer, type Standing } from './caller.ts';
import type { Context, Services } from './context.ts';
import { isCredentialOperation } from './credential-operations.ts';
import { maskError } from './mask-error.ts';
import type { OperationLimits } from './operation-limits.ts';
import { type EventAnswering, isStream, type StreamOrRefusal } from './operation-stream.ts';
import {
  type Enveloped,
  type OperationRequest,
  type PreparedOperation,
  prepareOperation,
} from './prepare-operation.ts';
import { csrfHeaderRequired } from './token-cookies.ts';

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
  services: Services;
  db: PrismaClient;
  limits: OperationLimits;
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
const concurrentEvents = 4;

/** Builds the one door over the services behind it. */
export function createRunOperation(parts: DoorParts): RunOperation {
  const { services, db, limits, hideSuggestions, chargeClient } = parts;
  // However many streams hear of one event, they leave the database to others, too.
  const takeTurn = pLimit(concurrentEvents);

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
    const identify = async () => {
      const identity = await call.caller.identify();
      progress.bearer = identity.standing;
      progress.viewerId = identity.viewer?.userId ?? null;
      requireStanding(enveloped, prepared, identity);
      return contextFor(identity, call);
    };
    const context = await timed(call, 'authenticate', identify);
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
    if (call.transport === 'http') throw streamRequired();
    const answering: EventAnswering = {
      contextOfEvent: identify,
      present: (answer) => present(answer, call),
      onEnd: onStreamEnd,
      endsAfterMs: call.caller.remainingMs(),
      refuse: invalidBearer,
      takeTurn,
    };
    return enveloped.subscribe({ ...args, answering });
  }

  function contextFor({ viewer }: Identity, call: OperationCall): Context {
    const { requestId, ipAddress, userAgent, cookies } = call;
    const origin = { requestId, ipAddress, userAgent, actorId: viewer?.userId ?? null };
    return { db, services, viewer, origin, cookies };
  }
}

/** Refuses a token that does not count, unless the operation works on credentials of its own. */
function requireStanding(
  { schema }: Enveloped,
  { document, operation }: PreparedOperation,
  { standing }: Identity,
): void {
  if (standing === 'none' || standing === 'accepted') return;
  if (isCredentialOperation(schema, document, operation)) return;
  throw standing === 'unproven' ? csrfHeaderRequired() : invalidBearer();
}

/** Turns an answer into what the caller may see. */
function present(
  { errors: faults, ...answer }: ExecutionResult,
  call: OperationCall,
): ExecutionResult {
  const executed = 'data' in answer;
  const errors = faults?.map((fault) => maskError(fault, { ...call, executed }));
  return { ...answer, ...(errors && { errors }) };
}

function streamRequired(): GraphQLError {
  return new GraphQLError(
    'Subscriptions are answered over WebSocket, or with `Accept: text/event-stream`.',
    { extensions: { code: 'STREAM_REQUIRED', http: { status: 406 } } },
  );
}
