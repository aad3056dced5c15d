import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from './document-parts.ts';

/**
 * Marks a root field that works on credentials of its own. It is answered even when the request
 * carries a bearer token that does not hold: a client with a stale token must be able to refresh.
 */
export const credentialOperation = { credentialOperation: true } as const;

/** Tells whether every root field that a validated operation selects is a credential operation. */
export function isCredentialOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): boolean {
  const fragments = fragmentsOf(document);
  const fields = schema.getRootType(operation.operation)?.getFields() ?? {};
  return rootFieldNames(operation.selectionSet, fragments).every(
    (name) => fields[name]?.extensions.credentialOperation === true,
  );
}

/** Collects the names at the root; each fragment once, or a few could spread one another 2ⁿ times. */
function rootFieldNames(
  root: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): string[] {
  const names = new Set<string>();
  const visited = new Set<string>();
  const pending = [root];
  for (let set = pending.pop(); set !== undefined; set = pending.pop()) {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) names.add(selection.name.value);
      else if (selection.kind === Kind.INLINE_FRAGMENT) pending.push(selection.selectionSet);
      else if (!visited.has(selection.name.value)) {
        visited.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment) pending.push(fragment.selectionSet);
      }
    }
  }
  return [...names];
}
