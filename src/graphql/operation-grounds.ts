import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from './document-parts.ts';
import { type Ground, type Sharing, sharingOf } from './shared-by.ts';

/**
 * Collects what the answers of a validated operation depend on: everything that it may select counts,
 * of every type that an abstract one may turn out to be, and whatever directives leave out. Null
 * where that is not declared of all of it. Sorted, so that the same ones are written down alike.
 */
export function readGrounds(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): ReadonlySet<Ground> | null {
  const fragments = fragmentsOf(document);
  const grounds = new Set<Ground>();
  const walked = new Map<SelectionSetNode, Set<GraphQLCompositeType>>();
  let isDeclared = true;

  function note({ sharedBy }: Sharing): void {
    isDeclared &&= sharedBy !== undefined;
    for (const ground of sharedBy ?? []) grounds.add(ground);
  }

  function walkField(owner: GraphQLObjectType, { name, selectionSet }: FieldNode): void {
    if (name.value === '__typename') return;
    const field = owner.getFields()[name.value];
    note(sharingOf(owner));
    // What is not there by this name, such as `__schema`, has not declared anything.
    note(field === undefined ? {} : sharingOf(field));
    const answer = field && getNamedType(field.type);
    if (selectionSet && isCompositeType(answer)) walk(answer, selectionSet);
  }

  function walk(type: GraphQLCompositeType, set: SelectionSetNode): void {
    const types = walked.get(set) ?? new Set();
    // Each set once for each type, or a few fragments could spread one another 2ⁿ times.
    if (types.has(type)) return;
    walked.set(set, types.add(type));
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        for (const owner of typesOf(schema, type)) walkField(owner, selection);
      } else {
        walkPart(type, partOf(selection, fragments));
      }
    }
  }

  function walkPart(type: GraphQLCompositeType, part: Part | undefined): void {
    const name = part?.typeCondition?.name.value;
    const condition = name === undefined ? type : schema.getType(name);
    if (part && isCompositeType(condition)) walk(condition, part.selectionSet);
    else note({});
  }

  const root = schema.getRootType(operation.operation);
  if (!root) return null;
  walk(root, operation.selectionSet);
  return isDeclared ? new Set([...grounds].sort()) : null;
}

type Part = Pick<FragmentDefinitionNode, 'selectionSet'> &
  Partial<Pick<FragmentDefinitionNode, 'typeCondition'>>;

function partOf(
  selection: Exclude<SelectionNode, FieldNode>,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): Part | undefined {
  if (selection.kind === Kind.INLINE_FRAGMENT) return selection as Part;
  return fragments.get(selection.name.value);
}

function typesOf(schema: GraphQLSchema, type: GraphQLCompositeType): readonly GraphQLObjectType[] {
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
}
