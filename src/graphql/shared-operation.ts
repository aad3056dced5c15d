import { createHash } from 'node:crypto';
import {
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  print,
  visit,
} from 'graphql';
import { readGrounds } from './operation-grounds.ts';
import { type Ground, sharingOf } from './shared-by.ts';

/** What two subscribers have in common whose answers may be the same. */
export interface SharedOperation {
  /** Tells the schema, the document, the operation in it and the variables from all others. */
  readonly digest: string;
  /** What else the answers depend on; null where that is not declared, and nothing is shared. */
  readonly grounds: ReadonlySet<Ground> | null;
}

/** An operation that fits the schema, and the variables that came with it. */
export interface GivenOperation {
  schema: GraphQLSchema;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  variables: Record<string, unknown> | undefined;
}

/** Looks at an operation for what its answers depend on; each document is walked once. */
export function readSharedOperation(given: GivenOperation): SharedOperation {
  const { schema, document, operation, variables = {} } = given;
  const { grounds, variableNames } = dependenceOf(given);
  const text = document.loc?.source.body ?? print(document);
  const read = Object.entries(variables).filter(([name]) => variableNames.has(name));
  const parts = [
    numberOf(schema),
    text,
    operation.name?.value ?? null,
    canonical(Object.fromEntries(read)),
  ];
  return { digest: createHash('sha256').update(JSON.stringify(parts)).digest('base64'), grounds };
}

interface Dependence {
  grounds: ReadonlySet<Ground> | null;
  /** The variables that answers may depend on. */
  variableNames: ReadonlySet<string>;
}

const dependences = new WeakMap<GraphQLSchema, WeakMap<OperationDefinitionNode, Dependence>>();

function dependenceOf({ schema, document, operation }: GivenOperation): Dependence {
  const known = dependences.get(schema) ?? new WeakMap<OperationDefinitionNode, Dependence>();
  dependences.set(schema, known);
  const dependence = known.get(operation) ?? {
    grounds: readGrounds(schema, document, operation),
    variableNames: readVariableNames(schema, document, operation),
  };
  known.set(operation, dependence);
  return dependence;
}

/**
 * Leaves out the variables that only say where a stream begins: whoever comes back after a loss has
 * a place of their own, and is told the same from then on.
 */
function readVariableNames(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): ReadonlySet<string> {
  const fields = schema.getRootType(operation.operation)?.getFields() ?? {};
  const beginnings = new Set(
    operation.selectionSet.selections.flatMap((root) => {
      if (root.kind !== Kind.FIELD) return [];
      const { beginsAt = [] } = sharingOf(fields[root.name.value] ?? { extensions: {} });
      return root.arguments?.filter(({ name }) => beginsAt.includes(name.value)) ?? [];
    }),
  );
  const names = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Argument: (node) => (beginnings.has(node) ? false : undefined),
    Variable: ({ name }) => void names.add(name.value),
  });
  return names;
}

const numbers = new WeakMap<GraphQLSchema, number>();
let schemas = 0;

function numberOf(schema: GraphQLSchema): number {
  const number = numbers.get(schema) ?? ++schemas;
  numbers.set(schema, number);
  return number;
}

/** Brings what is written as JSON to one form: the order in which an object has its keys is nothing. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, part]) => [key, canonical(part)] as const);
  // Marked, so that it is not taken for a list of the same.
  return { object: entries.sort(([one], [other]) => (one < other ? -1 : 1)) };
}
