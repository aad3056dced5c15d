import { type GraphQLSchema, getNamedType, isInterfaceType, isObjectType } from 'graphql';
import { schema } from '../../src/graphql/schema.ts';
import { fieldsOf, fieldsThatAnswer, objectTypesOf } from './schema-parts.ts';

/** What somebody gets who asks for a field. */
export type Outcome =
  | 'value'
  | 'null'
  | 'NotFoundError'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'CONNECTION_REQUIRED';

/**
 * Who asks: nobody signed in; the user whose object it is; another user; one with a role of the
 * server's own, `support`, that allows some things; an administrator; and whoever has just proved who they are, reading on in the answer without a token yet.
 */
export const columns = ['stranger', 'self', 'other', 'support', 'admin', 'granted'] as const;

/** One of those who ask. */
export type Column = (typeof columns)[number];

/** What each gets of one field; `granted` is null where such an answer does not lead. */
export interface Access extends Record<Exclude<Column, 'granted'>, Outcome> {
  granted: Outcome | null;
  /** Why a stranger is not refused. */
  reason?: string;
}

/**
 * The decisions, by name of the type and of the field; one that answers with an interface has a row
 * for each of its types: `node: User`.
 */
export type AccessTable = Record<string, Record<string, Access>>;

/** Lists the rows that a schema asks for, by name of the type. */
export function rowsOfSchema(of: GraphQLSchema = schema): Record<string, string[]> {
  return Object.fromEntries(
    objectTypesOf(of).map((type) => [
      type.name,
      fieldsOf(type).flatMap((field) => {
        const answer = getNamedType(field.type);
        if (!isInterfaceType(answer)) return [field.name];
        return of.getPossibleTypes(answer).map(({ name }) => `${field.name}: ${name}`);
      }),
    ]),
  );
}

/** Lists the types that whoever has just signed in can read below a type, itself included. */
export function typesGranted(
  table: AccessTable,
  name: string,
  seen: Set<string> = new Set(),
): Set<string> {
  const type = schema.getType(name);
  if (!isObjectType(type) || seen.has(name)) return seen;
  seen.add(name);
  for (const field of fieldsOf(type)) {
    const isGranted = table[name]?.[field.name]?.granted === 'value';
    if (isGranted) typesGranted(table, getNamedType(field.type).name, seen);
  }
  return seen;
}

/** Writes the table as a page of the documentation, with the ways that lead to each type. */
export function printTable(table: AccessTable): string {
  const types = Object.entries(table).sort(([one], [other]) =>
    rank(one).localeCompare(rank(other)),
  );
  return [
    preamble,
    ...types.map(([name, fields]) =>
      [
        `## ${name}`,
        ...printWays(name),
        [heading, ...Object.entries(fields).map(printRow)].join('\n'),
      ].join('\n\n'),
    ),
    '',
  ].join('\n\n');
}

function printWays(name: string): string[] {
  const type = schema.getType(name);
  const ways = isObjectType(type) ? fieldsThatAnswer(type) : [];
  return ways.length > 0 ? [`Reached from ${ways.map((field) => `\`${field}\``).join(', ')}.`] : [];
}

/** Puts the roots first and the errors last. */
function rank(name: string): string {
  if (name === 'Query') return '0';
  if (name === 'Mutation') return '1';
  if (name === 'Subscription') return '2';
  return `${name.endsWith('Error') || name === 'FieldIssue' ? '4' : '3'}${name}`;
}

const heading = [
  '| Field | Stranger | The user themself | Another user | Support | Administrator | Just signed in | Open to strangers because |',
  '|---|---|---|---|---|---|---|---|',
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
  nothing that the viewer may know of. **NotFoundError**: the same, as the result of a mutation.
  **UNAUTHENTICATED**, **FORBIDDEN**, **CONNECTION_REQUIRED**: the field is refused with
  that code.
- *The user themself* is whom the object belongs to, an *administrator* has the role \`admin\`.
  *Support* is somebody with a role of the server's own that has \`users:read\` and \`sessions:read\`.
  *Just signed in* is the caller of \`signIn\`, \`refreshSession\` or \`verifyEmail\` who reads on in the
  answer to it (\`AuthPayload\`) and sends no token yet; – where that answer does not lead.
- Users, sessions, roles, events and what they come in are asked for as if a field without any rule
  had handed them out, so that their own rules are what is seen. The other types, errors among them,
  are asked for by way of a field that answers with them.
- Subscriptions are asked for when they begin and once more for an event that comes later, with the
  same answer.`;
