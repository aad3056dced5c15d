import {
  type DocumentNode,
  GraphQLError,
  getOperationAST,
  type OperationDefinitionNode,
} from 'graphql';
import type { YogaServerInstance } from 'graphql-yoga';
import { type Call, timed } from './call.ts';
import {
  asLimitRefusal,
  guardCost,
  guardDocument,
  guardVariables,
  type OperationLimits,
  refuseLongDocument,
} from './operation-limits.ts';
import type { StreamArgs } from './operation-stream.ts';
import type { StreamOrRefusal } from './stream-answers.ts';

/** What a client asks for, as far as the transport has read it. */
export interface OperationRequest {
  query: string;
  variables: Record<string, unknown> | undefined;
  operationName: string | undefined;
}

/** The phases of one operation, as the server's plugins have wrapped them. */
export interface Enveloped extends Omit<YogaPhases, 'subscribe'> {
  subscribe(args: StreamArgs): StreamOrRefusal | Promise<StreamOrRefusal>;
}

type YogaPhases = ReturnType<YogaServerInstance<object, object>['getEnveloped']>;

/** An operation that fits the schema and the limits. */
export interface PreparedOperation {
  document: DocumentNode;
  operation: OperationDefinitionNode;
  /** What its fields declare to cost. */
  cost: number;
}

/**
 * Parses and validates what was asked for. The limits come first at every step, so that nothing
 * costly is done for a document that is refused anyway. Answers what is wrong with the document,
 * or throws the one refusal that it meets.
 */
export async function prepareOperation(
  { schema, parse, validate }: Enveloped,
  { query, variables, operationName }: OperationRequest,
  limits: OperationLimits,
  call: Call,
): Promise<PreparedOperation | readonly GraphQLError[]> {
  refuseLongDocument(query, limits);
  const document: DocumentNode = await timed(call, 'parse', () =>
    parseWithin(limits, () => parse(query, { maxTokens: limits.tokens })),
  );
  // As early as Yoga asks for it of HTTP requests, so that the refusal is the same everywhere.
  const operation = getOperationAST(document, operationName);
  if (!operation) throw unknownOperation();
  guardDocument(document, limits);
  const problems = await timed(call, 'validate', () => validate(schema, document));
  if (problems.length > 0) return problems.slice(0, limits.validationErrors);
  guardVariables(variables, limits);
  const cost = guardCost({ schema, document, operation, variables }, limits);
  return { document, operation, cost };
}

function parseWithin(limits: OperationLimits, parse: () => DocumentNode): DocumentNode {
  try {
    return parse();
  } catch (error) {
    throw asParseFailure(asLimitRefusal(error, limits));
  }
}

/** Names what has no code yet: graphql's own errors about syntax. */
function asParseFailure(error: unknown): unknown {
  if (error instanceof Error && 'extensions' in error) {
    error.extensions = { code: 'GRAPHQL_PARSE_FAILED', ...Object(error.extensions) };
  }
  return error;
}

function unknownOperation(): GraphQLError {
  // In Yoga's words, which says so before us where it reads the request.
  return new GraphQLError('Could not determine what operation to execute.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE', http: { status: 400 } },
  });
}
