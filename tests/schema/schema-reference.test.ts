import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSpecifiedDirective, isUnionType, printSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { printReference } from '../../scripts/schema-reference.ts';
import { schema } from '../../src/graphql/schema.ts';
import { ownTypes, schemaParts } from '../support/schema-parts.ts';

const docs = join(import.meta.dirname, '../../docs');
const page = printReference(printSchema(schema));

const headings = [...page.matchAll(/^#+ (.*)$/gm)].map((match) => match[1] ?? '');
/** Anchors as GitHub makes them: no punctuation but hyphens and underscores, no spaces. */
const anchors = headings.map((heading) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-'),
);
const targets = [...page.matchAll(/\]\(([^)]*)\)/g)].map((match) => match[1] ?? '');

const roots: Record<string, { title: string; keyword: string }> = {
  Query: { title: 'Queries', keyword: 'query' },
  Mutation: { title: 'Mutations', keyword: 'mutation' },
  Subscription: { title: 'Subscriptions', keyword: 'subscription' },
};

/** Cuts out what stands under a heading, given as a pattern. */
function under(heading: string): string {
  const [, section] = page.split(new RegExp(`^${heading}$`, 'm'));
  return section?.split(/^##/m)[0] ?? '';
}

/** Finds what the page says of a part, e.g. of `Query.users(first:)`; empty if it says nothing. */
function entryOf(coordinate: string): string {
  const [, owner = '', field, argument] = /^(\w+)\.?(\w+)?\(?(\w+)?/.exec(coordinate) ?? [];
  const root = roots[owner];
  const section = under(root ? `## ${root.title}` : `### \\w+ \`${owner}\``);
  if (field === undefined) return section;
  if (root === undefined) return rowOf(section, coordinate.slice(`${owner}.`.length));
  const operation = under(`### ${root.keyword} \`${field}\``);
  return argument === undefined ? operation : rowOf(operation, argument);
}

function rowOf(section: string, name: string): string {
  return section.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)) ?? '';
}

/** Takes off what Markdown needs: backslashes, and a single line for a cell. */
const plain = (text: string) => text.replaceAll('\\', '').replaceAll(/\s+/g, ' ');

describe('docs/schema.md', () => {
  it('is what the code says', () => {
    expect(readFileSync(join(docs, 'schema.md'), 'utf8')).toBe(page);
  });

  it.each(schemaParts())('has $coordinate and its description', ({ coordinate, description }) => {
    expect(plain(entryOf(coordinate))).toContain(plain(description ?? 'A description.'));
  });

  it('links the members of each union', () => {
    for (const union of ownTypes.filter(isUnionType)) {
      for (const { name } of union.getTypes()) {
        expect(entryOf(union.name)).toContain(`[\`${name}\`](#type-${name.toLowerCase()})`);
      }
    }
  });

  it('leaves no directive out: there are none but the standard ones', () => {
    expect(schema.getDirectives().every(isSpecifiedDirective)).toBe(true);
  });

  it('has links that lead somewhere', () => {
    const places = targets.map((target) =>
      target.startsWith('#') ? anchors.includes(target.slice(1)) : existsSync(join(docs, target)),
    );
    expect(targets.filter((_target, index) => !places[index])).toEqual([]);
    expect(targets.length).toBeGreaterThan(anchors.length);
  });

  it('has a heading of its own for each anchor', () => {
    expect(anchors).toEqual([...new Set(anchors)]);
  });

  it('has each heading but its title in the table of contents', () => {
    const contents = under('## Contents');
    const missing = anchors.slice(2).filter((anchor) => !contents.includes(`(#${anchor})`));
    expect(missing).toEqual([]);
  });

  it('has no trailing whitespace', () => {
    expect(page).not.toMatch(/[ \t]$/m);
    expect(page).toMatch(/\S\n$/);
  });
});
