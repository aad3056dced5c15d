import type { DocumentNode } from 'graphql';
import {
  type DefinitionSize,
  nothing,
  type Part,
  type PartKey,
  readParts,
  type Spread,
} from './document-parts.ts';

/** How large a document is. */
export interface DocumentSize {
  /** Fragments counted wherever they are spread; a fragment by itself has no depth. */
  definitions: DefinitionSize[];
  /** Pairs of fields with one response name and selections, each compared where the two can meet. */
  comparisons: number;
}

/**
 * Measures a document. Takes any that was parsed, valid or not, in time that grows with its length
 * alone: everything is read once and nothing recurses. Counts may be Infinity.
 */
export function measureDocument(document: DocumentNode): DocumentSize {
  const { parts, composites } = readParts(document);
  const definitions = [...expand(parts)].map(([key, size]) =>
    // How deep a fragment is shows where it is spread: below `__schema` it does not count.
    typeof key === 'string' ? { ...size, depth: 0 } : size,
  );
  const comparisons = composites.values().reduce((sum, many) => sum + (many * (many - 1)) / 2, 0);
  return { definitions, comparisons };
}

/** Adds to each part what it spreads, beginning with those that spread nothing. */
function expand(parts: Map<PartKey, Part>): Map<PartKey, DefinitionSize> {
  const sizes = new Map<PartKey, DefinitionSize>();
  // A walk around a cycle passes no part twice, so all of them together bound how deep it goes.
  const nesting = parts.values().reduce((sum, { own }) => sum + own.nesting, 0);
  const sizeOf = (name: string) =>
    sizes.get(name) ?? (parts.has(name) ? { ...nothing, nesting } : nothing);
  const begun = new Set<PartKey>();
  const pending = [...parts.keys()];
  for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
    const part = parts.get(key);
    if (part === undefined || sizes.has(key)) continue;
    const missing = part.spreads.filter(({ fragment }) => !begun.has(fragment));
    if (begun.has(key) || missing.length === 0) {
      const size = part.spreads.reduce((sum, at) => add(sum, at, sizeOf(at.fragment)), part.own);
      sizes.set(key, size);
    } else {
      pending.push(key);
      for (const { fragment } of missing) pending.push(fragment);
    }
    begun.add(key);
  }
  return sizes;
}

function add(size: DefinitionSize, at: Spread, fragment: DefinitionSize): DefinitionSize {
  return {
    fields: size.fields + fragment.fields,
    aliases: size.aliases + fragment.aliases,
    directives: size.directives + fragment.directives,
    depth: Math.max(size.depth, at.depth + fragment.depth),
    nesting: Math.max(size.nesting, at.nesting + fragment.nesting),
    listItems: Math.max(size.listItems, fragment.listItems),
  };
}
