import { type DocumentNode, GraphQLError } from 'graphql';
import { measureDocument } from './document-size.ts';
import { type AskedOperation, costOf } from './operation-cost.ts';

/** What one operation may ask for; docs/configuration.md has each as `GRAPHQL_MAX_…`. */
export interface OperationLimits {
  readonly documentBytes: number;
  readonly tokens: number;
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly listItems: number;
  readonly cost: number;
  readonly validationErrors: number;
}

/**
 * How many selection sets, lists and objects may stand inside one another, fragments expanded. More
 * than the deepest `GRAPHQL_MAX_DEPTH` has use for, and so little that nothing which works its way
 * down a document (validation, the cost, execution) can exhaust the stack.
 */
const maxNesting = 200;

/** The refusals; each goes with a limit, `nesting` being how deep what is no field may be nested. */
const refusals = {
  documentBytes: { code: 'DOCUMENT_SIZE_LIMIT_EXCEEDED', message: 'The document is too long.' },
  tokens: { code: 'TOKEN_LIMIT_EXCEEDED', message: 'The document has too many tokens.' },
  depth: { code: 'DEPTH_LIMIT_EXCEEDED', message: 'Fields are nested too deeply.' },
  nesting: { code: 'DEPTH_LIMIT_EXCEEDED', message: 'The document is nested too deeply.' },
  aliases: { code: 'ALIAS_LIMIT_EXCEEDED', message: 'The operation has too many aliases.' },
  directives: {
    code: 'DIRECTIVE_LIMIT_EXCEEDED',
    message: 'The operation has too many directives.',
  },
  listItems: { code: 'LIST_SIZE_LIMIT_EXCEEDED', message: 'A list has too many items.' },
  cost: { code: 'COST_LIMIT_EXCEEDED', message: 'The operation asks for too much at once.' },
};

/** Refuses a document by its length, before anything reads it. */
export function refuseLongDocument(query: string, limits: OperationLimits): void {
  // No text has fewer bytes than UTF-16 code units, so a long one need not be walked through.
  const bytes = query.length > limits.documentBytes ? query.length : Buffer.byteLength(query);
  hold('documentBytes', bytes, limits.documentBytes);
}

/**
 * Turns what parsing throws at a document that is too large into the refusal of it: graphql's own
 * error about `maxTokens`, and the exhausted stack, for the parser recurses with every bracket.
 * Answers any other error as it is.
 */
export function asLimitRefusal(error: unknown, limits: OperationLimits): unknown {
  if (error instanceof RangeError) return refusal('nesting', maxNesting);
  const isTokenLimit = error instanceof Error && tokenLimitMessage.test(error.message);
  return isTokenLimit ? refusal('tokens', limits.tokens) : error;
}

const tokenLimitMessage =
  /^Syntax Error: Document contains more than \d+ tokens\. Parsing aborted\.$/;

/**
 * Refuses a parsed document that is too large in any respect, before validation: what follows may
 * recurse, and may take as long as the fragments expanded are large. Fragments that spread
 * themselves or do not exist are left to validation.
 */
export function guardDocument(document: DocumentNode, limits: OperationLimits): void {
  const { definitions, comparisons } = measureDocument(document);
  for (const size of definitions) {
    hold('nesting', size.nesting, maxNesting);
    hold('depth', size.depth, limits.depth);
    hold('aliases', size.aliases, limits.aliases);
    hold('directives', size.directives, limits.directives);
    hold('listItems', size.listItems, limits.listItems);
    // Each field costs 1 at least, whatever it is multiplied by.
    hold('cost', size.fields, limits.cost);
  }
  // Validation compares fields that will be merged, and a few kilobytes of them can busy it long.
  hold('cost', comparisons, limits.cost);
}

/** Refuses variables with a list that is too long, however deep it lies. */
export function guardVariables(variables: unknown, { listItems }: OperationLimits): void {
  const pending = [variables];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) hold('listItems', value.length, listItems);
    for (const inner of Object.values(value)) pending.push(inner);
  }
}

/**
 * Refuses a validated operation that costs too much, whoever asks; answers what it costs. Leaves
 * variables that do not fit to execution, which refuses them with a better reason.
 */
export function guardCost(asked: AskedOperation, limits: OperationLimits): number {
  const cost = costOf(asked) ?? 0;
  hold('cost', cost, limits.cost);
  return cost;
}

function hold(name: keyof typeof refusals, amount: number, limit: number): void {
  // Turned round, this would let NaN through.
  if (!(amount <= limit)) throw refusal(name, limit);
}

function refusal(name: keyof typeof refusals, limit: number): GraphQLError {
  const { code, message } = refusals[name];
  return new GraphQLError(message, { extensions: { code, limit, http: { status: 400 } } });
}
