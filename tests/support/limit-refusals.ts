import { type DocumentNode, getIntrospectionQuery, parse } from 'graphql';
import { loadConfig } from '../../src/config.ts';
import {
  asLimitRefusal,
  guardDocument,
  type OperationLimits,
  refuseLongDocument,
} from '../../src/graphql/operation-limits.ts';

/** The limits of an operator who sets none. */
export const defaultLimits: OperationLimits = loadConfig({}).operationLimits;

/** The widest limits that an operator can set. */
export const widestLimits: OperationLimits = loadConfig({
  GRAPHQL_MAX_DOCUMENT_BYTES: '1048576',
  GRAPHQL_MAX_TOKENS: '20000',
  GRAPHQL_MAX_DEPTH: '50',
  GRAPHQL_MAX_ALIASES: '1000',
  GRAPHQL_MAX_DIRECTIVES: '1000',
  GRAPHQL_MAX_LIST_ITEMS: '10000',
  GRAPHQL_MAX_COST: '1000000',
}).operationLimits;

/** The longest question that tools ask about the schema. */
export const everythingIntrospected = getIntrospectionQuery({
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  experimentalDirectiveDeprecation: true,
  oneOf: true,
});

/** What a client learns of a limit that it ran into. */
export interface LimitRefusal {
  message: string;
  extensions: { code: string; limit: number; http: { status: number } };
}

/** Answers the refusal that is thrown, null when none is; passes on whatever is no refusal. */
export function refusalOf(run: () => void): LimitRefusal | null {
  try {
    run();
  } catch (error) {
    if (isRefusal(error)) return { message: error.message, extensions: error.extensions };
    throw error;
  }
  return null;
}

/** Takes a document as far as validation, in the order of the one door. */
export function readDocument(query: string, limits: OperationLimits): DocumentNode {
  refuseLongDocument(query, limits);
  const document = parseWithin(query, limits);
  guardDocument(document, limits);
  return document;
}

function parseWithin(query: string, limits: OperationLimits): DocumentNode {
  try {
    return parse(query, { maxTokens: limits.tokens });
  } catch (error) {
    throw asLimitRefusal(error, limits);
  }
}

function isRefusal(error: unknown): error is Error & LimitRefusal {
  const { code } = (error as Partial<LimitRefusal>).extensions ?? {};
  return error instanceof Error && code !== undefined && code.endsWith('_LIMIT_EXCEEDED');
}

/** Counts how often the selections of a document's definitions are read from now on. */
export function countReads({ definitions }: DocumentNode): () => number {
  let reads = 0;
  for (const node of definitions) {
    if (!('selectionSet' in node)) continue;
    const { selections } = node.selectionSet;
    const get = () => {
      reads += 1;
      return selections;
    };
    Object.defineProperty(node.selectionSet, 'selections', { get });
  }
  return () => reads;
}
