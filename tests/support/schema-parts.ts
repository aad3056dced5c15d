import {
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql';
import { schema } from '../../src/graphql/schema.ts';

/** Something that a client can name, e.g. `User.email`, and what the schema says of it. */
export interface SchemaPart {
  coordinate: string;
  description: string | null | undefined;
}

/** The types that this schema defines itself. */
export const ownTypes: GraphQLNamedType[] = ownTypesOf(schema);

/** The object types, root types included. */
export const objectTypes: GraphQLObjectType[] = ownTypes.filter(isObjectType);

/** Lists the object types of a schema, root types included. */
export const objectTypesOf = (of: GraphQLSchema): GraphQLObjectType[] =>
  ownTypesOf(of).filter(isObjectType);

function ownTypesOf(of: GraphQLSchema): GraphQLNamedType[] {
  return Object.values(of.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
}

/** Lists every type, field, argument, input field and enum value. */
export function schemaParts(): SchemaPart[] {
  return ownTypes.flatMap((type) => [
    { coordinate: type.name, description: type.description },
    ...membersOf(type),
  ]);
}

/** Lists the fields of an object or interface type. */
export function fieldsOf(
  type: GraphQLObjectType | GraphQLInterfaceType,
): GraphQLField<unknown, unknown>[] {
  return Object.values(type.getFields());
}

/** Lists the fields, as `Type.field`, that can answer with an object of the type. */
export function fieldsThatAnswer(type: GraphQLObjectType): string[] {
  return objectTypes.flatMap((owner) =>
    fieldsOf(owner)
      .filter((field) => mayAnswer(getNamedType(field.type), type))
      .map((field) => `${owner.name}.${field.name}`),
  );
}

function mayAnswer(answer: GraphQLNamedType, type: GraphQLObjectType): boolean {
  if (isUnionType(answer) || isInterfaceType(answer)) return schema.isSubType(answer, type);
  return answer === type;
}

function membersOf(type: GraphQLNamedType): SchemaPart[] {
  if (isEnumType(type)) {
    return type.getValues().map((value) => partOf(type.name, value));
  }
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).map((field) => partOf(type.name, field));
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return fieldsOf(type).flatMap((field) => [
    partOf(type.name, field),
    ...field.args.map(({ name, description }) => ({
      coordinate: `${type.name}.${field.name}(${name}:)`,
      description,
    })),
  ]);
}

function partOf(
  owner: string,
  { name, description }: { name: string; description: string | null | undefined },
): SchemaPart {
  return { coordinate: `${owner}.${name}`, description };
}
