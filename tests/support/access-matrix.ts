import { getNamedType, isInterfaceType, isObjectType } from 'graphql';
import { schema } from '../../src/graphql/schema.ts';
import { fieldsOf, fieldsThatAnswer, objectTypes } from './schema-parts.ts';

/** What somebody gets who asks for a field. */
export type Outcome = 'value' | 'null' | 'UNAUTHENTICATED' | 'FORBIDDEN';

/**
 * Who asks: nobody signed in; the user whose object it is; another user; an administrator; and
 * whoever has just proved who they are, reading on in the answer without a token yet.
 */
export const columns = ['stranger', 'self', 'other', 'admin', 'granted'] as const;

/** One of those who ask. */
export type Column = (typeof columns)[number];

/** What each gets of one field; `granted` is null where such an answer does not lead. */
export interface Access extends Record<Exclude<Column, 'granted'>, Outcome> {
  granted: Outcome | null;
  /** Why a stranger is not refused. */
  reason?: string;
}

/** What is decided of one type. */
export interface TypeAccess {
  /** The fields that answer with it; another one is another way in. */
  reachedFrom: string[];
  /** By field; a field that answers with an interface has one for each of its types: `node: User`. */
  fields: Record<string, Access>;
}

/** The decisions, by name of the type. */
export type AccessTable = Record<string, TypeAccess>;

/** Lists what the schema has to be decided of, in the shape of the table. */
export function reachable(): Record<string, { reachedFrom: string[]; fields: string[] }> {
  return Object.fromEntries(
    objectTypes.map((type) => [
      type.name,
      {
        reachedFrom: fieldsThatAnswer(type),
        fields: fieldsOf(type).flatMap((field) => {
          const answer = getNamedType(field.type);
          if (!isInterfaceType(answer)) return [field.name];
          return schema.getPossibleTypes(answer).map(({ name }) => `${field.name}: ${name}`);
        }),
      },
    ]),
  );
}

/** Lists the types that can be read below a type, itself included. */
export function typesBelow(name: string, seen: Set<string> = new Set()): Set<string> {
  const type = schema.getType(name);
  if (!isObjectType(type) || seen.has(name)) return seen;
  seen.add(name);
  for (const field of fieldsOf(type)) typesBelow(getNamedType(field.type).name, seen);
  return seen;
}

/** Writes the table as a page of the documentation. */
export function printTable(table: AccessTable): string {
  const types = Object.entries(table).sort(([one], [other]) =>
    rank(one).localeCompare(rank(other)),
  );
  return [
    preamble,
    ...types.map(([name, { reachedFrom, fields }]) =>
      [
        `## ${name}`,
        ...(reachedFrom.length > 0
          ? [`Reached from ${reachedFrom.map((field) => `\`${field}\``).join(', ')}.`]
          : []),
        [heading, ...Object.entries(fields).map(printRow)].join('\n'),
      ].join('\n\n'),
    ),
    '',
  ].join('\n\n');
}

/** Puts the roots first and the errors last. */
function rank(name: string): string {
  if (name === 'Query') return '0';
  if (name === 'Mutation') return '1';
  return `${name.endsWith('Error') || name === 'FieldIssue' ? '3' : '2'}${name}`;
}

const heading = [
  '| Field | Stranger | The user themself | Another user | Administrator | Just signed in | Open to strangers because |',
  '|---|---|---|---|---|---|---|',
].join('\n');

function printRow([field, { reason = '', ...access }]: [string, Access]): string {
  const cells = columns.map((column) => access[column] ?? '–');
  return `| ${[`\`${field}\``, ...cells, reason].join(' | ')} |`;
}

const preamble = `# Who may read and do what

Every field of every type, and what it answers to whom. \`tests/security/access-matrix.test.ts\` asks
for each of them in each column and holds this page to what it gets; after a change,
\`npx vitest run tests/security/access-matrix.test.ts -u\` prints it anew.

- **value**: the field answers. **null**: it answers null, without an error: there is nothing, or
  nothing that the viewer may know of. **UNAUTHENTICATED**, **FORBIDDEN**: the field is refused with
  that code.
- *The user themself* is whom the object belongs to, an *administrator* has the role \`admin\`.
  *Just signed in* is the caller of \`signIn\`, \`refreshSession\` or \`verifyEmail\` who reads on in the
  answer to it (\`AuthPayload\`) and sends no token yet; – where that answer does not lead.
- Users, sessions and roles are asked for as if a field without any rule had handed them out, so
  that their own rules are what is seen. The other types, errors among them, are asked for by way of
  a field that answers with them.`;
