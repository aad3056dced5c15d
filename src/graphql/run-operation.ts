import {
  type DocumentNode,
  type ExecutionResult,
  type FragmentDefinitionNode,
  GraphQLError,
  getOperationAST,
  Kind,
} from 'graphql';
import type { YogaServerInstance } from 'graphql-yoga';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { authenticate, invalidBearer } from './authenticate.ts';
import { type Call, timed } from './call.ts';
import type { Context, Services } from './context.ts';
import { isCredentialOperation } from './credential-operations.ts';
import { maskError } from './mask-error.ts';

/** What a client asks for, as far as the transport has read it. */
export interface OperationRequest {
  query: string;
  variables: Record<string, unknown> | undefined;
  operationName: string | undefined;
}

/** The phases of one operation, as the server's plugins have wrapped them. */
export type Enveloped = ReturnType<YogaServerInstance<object, object>['getEnveloped']>;

/**
 * Runs one operation: parse, validate, authenticate, guard, execute, mask, log. Every transport
 * enters here, so that a guard holds on all of them. Never throws: refusals are in the result.
 */
export type RunOperation = (
  enveloped: Enveloped,
  request: OperationRequest,
  call: Call,
) => Promise<ExecutionResult>;

/** What the log tells of an operation; filled in as it goes on. */
interface Progress {
  operationName: string | null;
  viewerId: string | null;
  bearer: 'none' | 'accepted' | 'refused';
}

const maxLoggedNameLength = 100;

/** Builds the one door over the services behind it. */
export function createRunOperation(services: Services, db: PrismaClient): RunOperation {
  return async (enveloped, request, call) => {
    const startedAt = performance.now();
    const progress: Progress = { operationName: null, viewerId: null, bearer: 'none' };
    const { errors: faults, ...answer } = await run(enveloped, request, call, progress).catch(
      (error: unknown) => ({ errors: [error] }),
    );
    const executed = 'data' in answer;
    const errors = faults?.map((fault) => maskError(fault, { ...call, executed }));
    call.log.info(
      {
        requestId: call.requestId,
        ...progress,
        outcome: errors?.map(({ extensions }) => extensions.code) ?? 'ok',
        durationMs: Math.round(performance.now() - startedAt),
      },
      'operation',
    );
    return { ...answer, ...(errors && { errors }) };
  };

  async function run(
    { schema, parse, validate, contextFactory, execute }: Enveloped,
    { query, variables: variableValues, operationName }: OperationRequest,
    call: Call,
    progress: Progress,
  ): Promise<ExecutionResult> {
    const document: DocumentNode = await timed(call, 'parse', () => parse(query));
    const problems = await timed(call, 'validate', () => validate(schema, document));
    if (problems.length > 0) return { errors: problems };
    const operation = getOperationAST(document, operationName);
    if (!operation) throw unknownOperation();
    progress.operationName = operation.name?.value.slice(0, maxLoggedNameLength) ?? null;
    const caller = await timed(call, 'authenticate', () =>
      authenticate(services.authentication, call.authorization),
    );
    if (call.authorization !== null) progress.bearer = caller === 'refused' ? caller : 'accepted';
    if (caller === 'refused' && !isCredentialOperation(schema, operation, fragmentsOf(document))) {
      throw invalidBearer();
    }
    const viewer = caller === 'refused' ? null : caller;
    progress.viewerId = viewer?.userId ?? null;
    const { requestId, ipAddress, userAgent } = call;
    const origin = { requestId, ipAddress, userAgent, actorId: progress.viewerId };
    const context: Context = { db, services, viewer, origin };
    const contextValue = await contextFactory(context);
    return timed(call, 'execute', () =>
      execute({ schema, document, contextValue, variableValues, operationName }),
    );
  }
}

function fragmentsOf({ definitions }: DocumentNode): Map<string, FragmentDefinitionNode> {
  const fragments = definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}

function unknownOperation(): GraphQLError {
  return new GraphQLError(
    'The document has no operation of that name, or several and none named.',
    {
      extensions: { code: 'OPERATION_RESOLUTION_FAILURE', http: { status: 400 } },
    },
  );
}
