import {
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * Marks a root field that works on credentials of its own. It is answered even when the request
 * carries a bearer token that does not hold: a client with a stale token must be able to refresh.
 */
export const credentialOperation = { credentialOperation: true } as const;

/** Tells whether every root field that a validated operation selects is a credential operation. */
export function isCredentialOperation(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): boolean {
  const fields = schema.getRootType(operation.operation)?.getFields() ?? {};
  return rootFieldNames(operation.selectionSet, fragments).every(
    (name) => fields[name]?.extensions.credentialOperation === true,
  );
}

function rootFieldNames(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection.name.value];
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return rootFieldNames(selection.selectionSet, fragments);
    }
    const fragment = fragments.get(selection.name.value);
    return fragment ? rootFieldNames(fragment.selectionSet, fragments) : [];
  });
}
