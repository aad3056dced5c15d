import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isObjectType,
} from 'graphql';
import { schema } from '../../src/graphql/schema.ts';
import { accessTable } from '../security/access-table.ts';
import type { Column } from './access-matrix.ts';
import { fieldsOf } from './schema-parts.ts';

/** For whom a selection is made, and of what. */
export interface Reader {
  column: Column;
  /** The one type that is read of what an interface or a union may be; all but errors otherwise. */
  only?: string | undefined;
}

/**
 * Writes a selection of all that somebody may read of a type, and of the ids of what it leads to, so
 * that a field that takes a statement for each object is among it. What has no id holds objects
 * together and is passed through. Empty for a leaf.
 */
export function selectAll(type: GraphQLNamedType, reader: Reader, isWithin = false): string {
  if (isObjectType(type)) return `{ ${selectFields(type, reader, isWithin)} }`;
  if (!isAbstractType(type)) return '';
  const { only, column } = reader;
  const members = schema
    .getPossibleTypes(type)
    .filter(({ name }) => (only === undefined ? !name.endsWith('Error') : name === only))
    .map((member) => `... on ${member.name} { ${selectFields(member, { column }, isWithin)} }`);
  return `{ __typename ${members.join(' ')} }`;
}

function selectFields(type: GraphQLObjectType, reader: Reader, isWithin: boolean): string {
  const hasId = type.getFields().id !== undefined;
  if (hasId && isWithin) return 'id';
  const below = { column: columnBelow(type, reader.column) };
  const fields = fieldsOf(type)
    // `nodes` has the same rows as `edges`.
    .filter(({ name }) => name !== 'nodes' && isReadable(type.name, name, reader.column))
    .map(({ name, args, type: answer }) => {
      // Short pages within the rows of a page.
      const page = args.some((argument) => argument.name === 'first') ? '(first: 2)' : '';
      return `${name}${page} ${selectAll(getNamedType(answer), below, isWithin || hasId)}`;
    });
  return ['__typename', ...fields].join(' ');
}

/** Who somebody is to what is below a type. */
function columnBelow({ name }: GraphQLObjectType, column: Column): Column {
  // Whoever has just signed in reads on in the answer.
  if (name === 'AuthPayload' && column === 'stranger') return 'granted';
  // Messages are written by others.
  return name === 'Message' && column === 'self' ? 'other' : column;
}

function isReadable(typename: string, name: string, column: Column): boolean {
  const rows = accessTable[typename] ?? {};
  // A field that answers with an interface has a row for each type.
  const row = Object.keys(rows).find((key) => key.split(':')[0] === name) ?? name;
  const outcome = rows[row]?.[column];
  return outcome === 'value' || outcome === 'null';
}
