import type { FieldComplexity } from '@pothos/plugin-complexity';
import {
  type GraphQLField,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
} from 'graphql';
import { defaultPageSize, maxPageSize, type PageArguments } from '../platform/paging.ts';

/** What a field adds to the cost of an operation. */
export interface Complexity {
  field: number;
  /** How often what is selected below the field counts. */
  multiplier: number;
}

/** Complexity of a mutation that hashes a password: nine fit into an operation by default. */
export const hashingComplexity = 1000;

/** Complexity of a mutation that draws a picture: as dear as a password, in time and memory. */
export const drawingComplexity = 1000;

/**
 * Complexity of a field that asks the database for each object it is on, which a list above it
 * multiplies: a page of 100 users, each with the first of their sessions, is two hundredths too dear.
 */
export const statementComplexity = 50;

/** Complexity of the lists inside a connection, which has multiplied by its page already. */
export const onceInPage = { multiplier: 1 };

/** How many items a list is taken to have when nothing tells. */
const listLength = 4;

/**
 * Derives what a field costs: 1 for itself, and what is below it as often as it answers objects. A
 * connection counts the rows of its page, so that whoever adds one need not think of it.
 */
export function derivedComplexity(
  args: Record<string, unknown>,
  _context: object,
  field: Pick<GraphQLField<unknown, unknown>, 'type'>,
): Complexity {
  const type = getNamedType(field.type);
  const isConnection = isObjectType(type) && 'pageInfo' in type.getFields();
  if (isConnection) return { field: 1, multiplier: pageSize(args) };
  return { field: 1, multiplier: isListType(getNullableType(field.type)) ? listLength : 1 };
}

/**
 * Reads what a field declares with `complexity`, and derives what it leaves open. Neither part is
 * ever less than 1. The arguments are those that were sent: an id among them is still a text.
 */
export function complexityOf(
  field: GraphQLField<unknown, unknown>,
  args: Record<string, unknown>,
): Complexity {
  const declared = field.extensions.complexity as FieldComplexity<object, object> | undefined;
  const value = typeof declared === 'function' ? declared(args, {}, field) : declared;
  const complexity = {
    ...derivedComplexity(args, {}, field),
    ...(typeof value === 'number' ? { field: value } : value),
  };
  return {
    field: Math.max(complexity.field, 1),
    multiplier: Math.max(complexity.multiplier, 1),
  };
}

// A page that is larger, empty or negative is refused by the field itself.
function pageSize({ first, last }: PageArguments): number {
  return Math.min(Math.max(first ?? last ?? defaultPageSize, 1), maxPageSize);
}
