import type PrismaTypes from '../generated/pothos-types.ts';
import type { Viewer } from '../modules/role/viewer.ts';

/** Decides whether a viewer may know that a row exists; null is a stranger. */
export type VisibilityRule<Row> = (row: Row, viewer: Viewer | null) => boolean;

const rules = new Map<string, (row: never, viewer: Viewer | null) => boolean>();

/** Opens `node` and `nodes` to the rows of a type that the rule lets through. */
export function showNodes<Name extends keyof PrismaTypes>(
  typename: Name,
  rule: VisibilityRule<PrismaTypes[Name]['Shape']>,
): void {
  rules.set(typename, rule);
}

/** Tells whether objects of a type can be asked for by id at all. */
export function isNodeType(typename: string): boolean {
  return rules.has(typename);
}

/**
 * Answers null for what the viewer may not see, so that it cannot be told from what is missing. A
 * type without a rule shows nothing.
 */
export async function visibleNode(
  typename: string,
  node: unknown,
  viewer: Viewer | null,
): Promise<unknown> {
  const row = await node;
  return row != null && rules.get(typename)?.(row as never, viewer) ? row : null;
}
