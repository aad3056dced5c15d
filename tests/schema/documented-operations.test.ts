import { globSync, readFileSync } from 'node:fs';
import { Kind, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';

/** Finds what is GraphQL in a page: its blocks, and the operations that it sends by curl. */
function findDocuments(page: string): string[] {
  const blocks = [...page.matchAll(/^```graphql\n([\s\S]*?)^```/gm)].map(([, text = '']) => text);
  const sent = [...page.matchAll(/"query": ("(?:[^"\\]|\\.)*")/g)].map(([, text = '""']) => text);
  return [...blocks, ...sent.map((text) => String(JSON.parse(text)))];
}

const operations = globSync(['*.md', 'docs/**/*.md']).flatMap((file) =>
  findDocuments(readFileSync(file, 'utf8'))
    .map((text, index) => ({ name: `${file}, ${index + 1}`, document: parse(text) }))
    .filter(({ document }) =>
      document.definitions.every(
        ({ kind }) => kind === Kind.OPERATION_DEFINITION || kind === Kind.FRAGMENT_DEFINITION,
      ),
    ),
);

// What the worked example adds is there only once it has been followed.
const standing = operations.filter(({ name }) => !name.includes('adding-a-type'));

describe('the documentation', () => {
  it('has operations in it', () => {
    expect(standing.length).toBeGreaterThan(10);
  });

  it.each(standing)('shows an operation that the schema takes: $name', ({ document }) => {
    expect(validate(schema, document).map(({ message }) => message)).toEqual([]);
  });
});
