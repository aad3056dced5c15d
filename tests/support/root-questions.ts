import { type GraphQLField, getNamedType, isListType, isNonNullType } from 'graphql';
import { schema } from '../../src/graphql/schema.ts';
import { accessTable } from '../security/access-table.ts';
import { argumentsOf } from './access-routes.ts';
import type { World } from './access-world.ts';
import type { Crowd } from './crowd.ts';
import { selectAll } from './full-selection.ts';

/** A root field, and who asks for it. */
export interface RootRow {
  typename: 'Query' | 'Mutation' | 'Subscription';
  /** As the access table names it: `me`, `node: User`. */
  row: string;
  column: (typeof ranks)[number];
}

/** Says how a root field is asked for. */
export interface Asking {
  /** How many rows, where it can be asked for many. */
  rows?: number;
  /** More arguments, e.g. `after: "…"`. */
  besides?: string;
  /** Whether all that can be read below it is asked for, or as little as possible. */
  inFull?: boolean;
}

/**
 * Lists the rows of the access table that are about root fields. What reads is asked for by whoever
 * may see most below it, what changes something by whoever has the least to be allowed for it.
 */
export function rootRows(): RootRow[] {
  return (['Query', 'Mutation', 'Subscription'] as const).flatMap((typename) => {
    const byRank = typename === 'Mutation' ? ranks : ranks.toReversed();
    return Object.entries(accessTable[typename] ?? {}).map(([row, access]) => ({
      typename,
      row,
      // What is answered on a WebSocket alone is asked for by whom nothing else is about.
      column: byRank.find((column) => access[column] === 'value') ?? 'support',
    }));
  });
}

const ranks = ['stranger', 'self', 'support', 'admin'] as const;

/** Tells whether a root field can be asked for many rows. */
export function canBeMany({ typename, row }: RootRow): boolean {
  const field = fieldOf(typename, row);
  return (
    field.args.some(({ name }) => sizes.has(name)) || (field.args.length === 0 && isList(field))
  );
}

/** Writes an operation that asks for one root field, with valid arguments. */
export async function writeQuestion(
  world: World,
  crowd: Crowd,
  { typename, row, column }: RootRow,
  { rows, besides, inFull = false }: Asking = {},
): Promise<string> {
  const field = fieldOf(typename, row);
  const [name, only] = row.split(': ');
  const given = (await argumentsOf[row]?.(world)) ?? '';
  const sized = rows === undefined ? null : sizeOf(field, crowd, rows, only);
  const args = [sized ?? given.replace(/^\(|\)$/g, ''), besides].filter(Boolean).join(', ');
  const answer = getNamedType(field.type);
  const below = inFull ? selectAll(answer, { column, only }) : '{ __typename }';
  const variables = args.includes('$file') ? '($file: File!)' : '';
  return `${typename.toLowerCase()} ${variables} { probe: ${name}${args && `(${args})`} ${below} }`;
}

/** Arguments that say how many rows are wanted, and of which type ids are, if they are of one. */
const sizes = new Map([
  ['first', null],
  ['limit', null],
  ['ids', 'Message'],
  ['userIds', 'User'],
]);

function sizeOf(
  field: GraphQLField<unknown, unknown>,
  crowd: Crowd,
  rows: number,
  only: string | undefined,
): string | null {
  const size = field.args.find(({ name }) => sizes.has(name));
  if (!size) return null;
  const type = sizes.get(size.name);
  if (type == null) return `${size.name}: ${rows}`;
  return `${size.name}: ${JSON.stringify(crowd[only ?? type]?.slice(0, rows))}`;
}

function fieldOf(typename: string, row: string): GraphQLField<unknown, unknown> {
  const type = schema.getRootType(typename.toLowerCase() as never);
  const field = type?.getFields()[row.split(':')[0] ?? ''];
  if (!field) throw new Error(`There is no ${typename}.${row}.`);
  return field;
}

const isList = ({ type }: GraphQLField<unknown, unknown>) =>
  isListType(isNonNullType(type) ? type.ofType : type);
