import { buildSchema, lexicographicSortSchema } from 'graphql';
import { anchorOf } from './schema-markdown.ts';
import { operationSections, type Section, typeSections } from './schema-sections.ts';

const preface = `# Schema

Every operation and every type of the server, printed from [\`schema.graphql\`](../schema.graphql) by
\`npm run schema\`: change the code, not this page. [first-steps.md](first-steps.md) shows operations
at work, [errors.md](errors.md) says what to do about each error, and
[access-matrix.md](access-matrix.md) who may read what.

Types are written as in the schema: \`User\` may be null, \`User!\` is never null, \`[User!]!\` is a
list without nulls. A value after \`=\` is taken for an argument or input field that is left out.
\`users(first:)\` is the argument \`first\` of the field \`users\`. Where an operation answers a union,
its *results* are the members that do not implement \`Error\`.`;

/** Prints a schema, given in the schema language, as one page of Markdown for GitHub. */
export function printReference(sdl: string): string {
  const schema = lexicographicSortSchema(buildSchema(sdl));
  const sections = [...operationSections(schema), ...typeSections(schema)];
  const page = [preface, '## Contents', printContents(sections), ...sections.flatMap(printSection)];
  return `${page.join('\n\n').replaceAll(/[ \t]+$/gm, '')}\n`;
}

function printContents(sections: Section[]): string {
  return sections
    .map(({ title, entries }) => {
      // One link a line: they run on when rendered, and a new one is one line of a difference.
      const links = entries.map(
        ({ keyword, name }) => `  [\`${name}\`](#${anchorOf(keyword, name)})`,
      );
      return `- [${title}](#${title.toLowerCase()}):\n${links.join(',\n')}`;
    })
    .join('\n');
}

function printSection({ title, introduction, entries }: Section): string[] {
  return [
    `## ${title}`,
    ...introduction,
    ...entries.flatMap(({ keyword, name, paragraphs }) => [
      `### ${keyword} \`${name}\``,
      ...paragraphs,
    ]),
  ];
}
