import fc from 'fast-check';
import {
  type DocumentNode,
  isExecutableDefinitionNode,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { type DefinitionSize, nothing } from '../../src/graphql/document-parts.ts';
import { measureDocument } from '../../src/graphql/document-size.ts';
import { guardDocument } from '../../src/graphql/operation-limits.ts';
import { fragmentChain, fragmentCycle } from '../support/hostile-documents.ts';
import { countReads, defaultLimits, readDocument, refusalOf } from '../support/limit-refusals.ts';

const missing = 9;

/** Writes any selection set that spreads some of these fragments. */
const selectionSet = (fragments: number[]): fc.Arbitrary<string> =>
  fc.letrec<{ set: string; selection: string }>((tie) => ({
    set: fc
      .array(tie('selection'), { minLength: 1, maxLength: 4, depthIdentifier: 'set' })
      .map((selections) => `{ ${selections.join(' ')} }`),
    selection: fc.oneof(
      { depthIdentifier: 'set', maxDepth: 5 },
      fc.constantFrom('id', 'a: id', 'id @b', 'c(d: [1, [2, 3, 4]])', '__typename'),
      fc.constantFrom(...fragments).map((at) => `...f${at} @s`),
      tie('set').map((set) => `me ${set}`),
      tie('set').map((set) => `x: me @y ${set}`),
      tie('set').map((set) => `... @z ${set}`),
      tie('set').map((set) => `__schema ${set}`),
    ),
  })).set;

const indexes = [0, 1, 2, 3, 4, 5];

/** Writes any document; the fragments that a definition may spread depend on where it stands. */
const anyDocument = (spreadable: (at: number) => number[]) =>
  fc
    .tuple(...indexes.map((at) => selectionSet([...spreadable(at), missing])))
    .map((sets) => sets.map((set, at) => `${at === 0 ? '' : `fragment f${at} on A`} ${set}`))
    .chain((written) => fc.shuffledSubarray(written, { minLength: written.length }))
    .map((definitions) => definitions.join('\n'));

const acyclicDocument = anyDocument((at) => indexes.filter((other) => other > at));

/** Measures as the words of the limits say, without a thought for how long it takes. */
function sizeByExpanding(document: DocumentNode, set: SelectionSetNode): DefinitionSize {
  const size = { ...nothing, nesting: 1 };
  for (const selection of set.selections) {
    const below =
      selection.kind === Kind.FRAGMENT_SPREAD
        ? fragmentOf(document, selection.name.value)
        : selection.selectionSet;
    const inner = below ? sizeByExpanding(document, below) : nothing;
    const isField = selection.kind === Kind.FIELD;
    const isIntrospection = isField && selection.name.value === '__schema';
    const hasList = isField && selection.name.value === 'c';
    size.fields += inner.fields + (isField ? 1 : 0);
    size.aliases += inner.aliases + (isField && selection.alias ? 1 : 0);
    size.directives += inner.directives + (selection.directives?.length ?? 0);
    size.depth = Math.max(size.depth, (isField ? 1 : 0) + (isIntrospection ? 0 : inner.depth));
    size.nesting = Math.max(size.nesting, 1 + (hasList ? 2 : inner.nesting));
    size.listItems = Math.max(size.listItems, hasList ? 3 : inner.listItems);
  }
  return size;
}

function fragmentOf({ definitions }: DocumentNode, name: string): SelectionSetNode | undefined {
  const fragments = definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  return fragments.find((fragment) => fragment.name.value === name)?.selectionSet;
}

describe('any document', () => {
  it('passes or is refused, and nothing else', () => {
    fc.assert(
      fc.property(
        anyDocument(() => indexes),
        (document) => {
          refusalOf(() => readDocument(document, defaultLimits));
        },
      ),
    );
  });

  it('is measured as if its fragments were written out', () => {
    fc.assert(
      fc.property(acyclicDocument, (text) => {
        const document = parse(text);
        const expected = document.definitions.filter(isExecutableDefinitionNode).map((node) => ({
          ...sizeByExpanding(document, node.selectionSet),
          ...(node.kind === Kind.FRAGMENT_DEFINITION && { depth: 0 }),
        }));
        expect(measureDocument(document).definitions.map(asText).sort()).toEqual(
          expected.map(asText).sort(),
        );
      }),
    );
  });

  it.each([
    ['that double', fragmentChain(190, 2)],
    ['that multiply by ten', fragmentChain(100, 10)],
    ['that form a chain', fragmentChain(2000, 1)],
    ['that form a cycle', fragmentCycle(2000)],
  ])('has each definition read once, with fragments %s', (_name, text) => {
    const document = parse(text);
    const reads = countReads(document);
    refusalOf(() => guardDocument(document, defaultLimits));
    expect(reads()).toBe(document.definitions.length);
  });
});

const asText = ({ fields, aliases, directives, depth, nesting, listItems }: DefinitionSize) =>
  JSON.stringify({ fields, aliases, directives, depth, nesting, listItems });
