import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Codes of Yoga that are passed on as they are; tests/api/http-refusals.test.ts sees each. */
const codesOfYoga = ['BAD_REQUEST', 'GRAPHQL_VALIDATION_FAILED', 'REQUEST_ENTITY_TOO_LARGE'];

/** How code comes to be written: a property, a default, an argument of what makes a refusal. */
const writings = [
  /\bcode(?:: | = |\?: )'([A-Z_]+)'/g,
  /\bnew RefusedError\(\s*'([A-Z_]+)'/g,
  /\bproblem\(\d+, '([A-Z_]+)'/g,
];

function codesInSource(): string[] {
  const files = globSync('src/{platform/errors,graphql/*,server/*,modules/**/*}.ts');
  const sources = files.map((file) => readFileSync(file, 'utf8'));
  return sources.flatMap((source) =>
    writings.flatMap((writing) => [...source.matchAll(writing)].map((match) => match[1] ?? '')),
  );
}

/** Lists the codes of each section; one that can come in several ways is in several. */
function documentedCodes(): string[][] {
  const sections = readFileSync('docs/errors.md', 'utf8').split(/^## /m);
  return sections.map((section) =>
    [...section.matchAll(/^\| `([A-Z_]+)`/gm)].map((match) => match[1] ?? ''),
  );
}

const unique = (codes: string[]) => [...new Set(codes)].sort();

describe('docs/errors.md', () => {
  it('lists exactly the codes that a client can meet', () => {
    expect(unique(documentedCodes().flat())).toEqual(unique([...codesInSource(), ...codesOfYoga]));
  });

  it('lists each code once in a section', () => {
    for (const codes of documentedCodes()) expect(codes).toHaveLength(unique(codes).length);
  });
});
