import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getVariableValues,
  type InlineFragmentNode,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from './document-parts.ts';
import { complexityOf } from './field-complexity.ts';

/** An operation that was validated and guarded, with what it is asked. */
export interface AskedOperation {
  schema: GraphQLSchema;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  variables: Record<string, unknown> | undefined;
}

type VariableValues = ReturnType<typeof getVariableValues>['variableValues'];

/**
 * Adds up what the fields of an operation declare to cost, each as many times as the lists that it
 * is in have items; fields that will be merged or skipped count, too. Null when the variables do
 * not fit, for then nothing is executed.
 *
 * The plugin that takes the declarations would calculate as well, but it gives up at the first
 * argument that does not fit, while execution goes on with all the other fields.
 */
export function costOf({ schema, document, operation, variables }: AskedOperation): number | null {
  const { variableValues } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    variables ?? {},
    { maxErrors: 1, hideSuggestions: true },
  );
  if (variableValues === undefined) return null;
  const fragments = fragmentsOf(document);
  const costs = new Map<string, number>();

  function ofSelections({ selections }: SelectionSetNode, type: Parent): number {
    return selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + ofField(selection, type);
      if (selection.kind === Kind.FRAGMENT_SPREAD) return sum + ofSpread(selection.name.value);
      return sum + ofFragment(selection, type);
    }, 0);
  }

  function ofField(node: FieldNode, parent: Parent): number {
    const field = isCompositeType(parent) && schema.getField(parent, node.name.value);
    if (!field) return 0;
    const args = fittingArguments(field, node, variableValues);
    // A field whose arguments do not fit is refused by itself, and nothing below it runs.
    const complexity = args ? complexityOf(field, args) : { field: 1, multiplier: 1 };
    if (!node.selectionSet) return complexity.field;
    const below = ofSelections(node.selectionSet, getNamedType(field.type));
    return complexity.field + complexity.multiplier * below;
  }

  function ofSpread(name: string): number {
    const fragment = fragments.get(name);
    const cost = costs.get(name) ?? (fragment ? ofFragment(fragment, undefined) : 0);
    costs.set(name, cost);
    return cost;
  }

  function ofFragment(
    { typeCondition, selectionSet }: FragmentDefinitionNode | InlineFragmentNode,
    parent: Parent,
  ): number {
    return ofSelections(
      selectionSet,
      typeCondition ? schema.getType(typeCondition.name.value) : parent,
    );
  }

  return ofSelections(operation.selectionSet, schema.getRootType(operation.operation));
}

/** Validation has seen to it that there is one, and that it has fields. */
type Parent = GraphQLNamedType | null | undefined;

function fittingArguments(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variableValues: VariableValues,
): Record<string, unknown> | null {
  try {
    return getArgumentValues(field, node, variableValues);
  } catch {
    return null;
  }
}
