import {
  type ASTNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  isDefinitionNode,
  Kind,
  visit,
} from 'graphql';

/** What one definition asks for. */
export interface DefinitionSize {
  fields: number;
  aliases: number;
  directives: number;
  /** Fields inside one another; what is below `__schema` and `__type` does not count. */
  depth: number;
  /** Selection sets, lists and objects inside one another. */
  nesting: number;
  /** Items of the longest list. */
  listItems: number;
}

/** Definitions of one name, for a document that has not been validated may have several. */
export interface Part {
  /** Without what is spread. */
  own: DefinitionSize;
  spreads: Spread[];
}

/** A fragment, and where it is spread; the depth is -Infinity where none counts. */
export interface Spread {
  fragment: string;
  depth: number;
  nesting: number;
}

/** A fragment goes by its name, any other definition by itself. */
export type PartKey = string | DefinitionNode;

/** The size of a definition that asks for nothing. */
export const nothing: Readonly<DefinitionSize> = {
  fields: 0,
  aliases: 0,
  directives: 0,
  depth: 0,
  nesting: 0,
  listItems: 0,
};

/** A longer one counts as too many: it comes back with every row of a list. */
const longestAlias = 100;

/** Reads each node of a document once: the parts, and how many fields of a name take some comparing. */
export function readParts(document: DocumentNode) {
  const parts = new Map<PartKey, Part>();
  const composites = new Map<string, number>();
  let { own, spreads }: Part = { own: { ...nothing }, spreads: [] };
  let [depth, nesting, introspections] = [0, 0, 0];
  const begin = (key: PartKey) => {
    const part = parts.get(key) ?? { own: { ...nothing }, spreads: [] };
    parts.set(key, part);
    ({ own, spreads } = part);
  };
  const enterField = ({ name, alias, selectionSet, arguments: args = [] }: FieldNode) => {
    const responseName = (alias ?? name).value;
    if (selectionSet || args.length > 0)
      composites.set(responseName, (composites.get(responseName) ?? 0) + 1);
    own.fields += 1;
    if (alias) own.aliases += alias.value.length > longestAlias ? Number.POSITIVE_INFINITY : 1;
    depth += 1;
    if (introspections === 0) own.depth = Math.max(own.depth, depth);
    if (isIntrospection(name.value)) introspections += 1;
  };
  const enter = (node: ASTNode) => {
    if (isDefinitionNode(node)) begin(keyOf(node));
    if (isNesting(node)) own.nesting = Math.max(own.nesting, ++nesting);
    if (node.kind === Kind.FIELD) {
      enterField(node);
    } else if (node.kind === Kind.DIRECTIVE) {
      own.directives += 1;
    } else if (node.kind === Kind.LIST) {
      own.listItems = Math.max(own.listItems, node.values.length);
    } else if (node.kind === Kind.FRAGMENT_SPREAD) {
      const depthThere = introspections === 0 ? depth : Number.NEGATIVE_INFINITY;
      spreads.push({ fragment: node.name.value, depth: depthThere, nesting });
    }
  };
  const leave = (node: ASTNode) => {
    if (isNesting(node)) nesting -= 1;
    if (node.kind !== Kind.FIELD) return;
    depth -= 1;
    if (isIntrospection(node.name.value)) introspections -= 1;
  };
  visit(document, { enter, leave });
  return { parts, composites };
}

function keyOf(node: DefinitionNode): PartKey {
  return node.kind === Kind.FRAGMENT_DEFINITION ? node.name.value : node;
}

function isIntrospection(field: string): boolean {
  return field === '__schema' || field === '__type';
}

function isNesting({ kind }: ASTNode): boolean {
  return (
    kind === Kind.SELECTION_SET ||
    kind === Kind.LIST ||
    kind === Kind.OBJECT ||
    kind === Kind.LIST_TYPE
  );
}

/** Finds the fragments of a document, by name. */
export function fragmentsOf({ definitions }: DocumentNode): Map<string, FragmentDefinitionNode> {
  const fragments = definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}
