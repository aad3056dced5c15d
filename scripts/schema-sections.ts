import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isScalarType,
  isUnionType,
} from 'graphql';
import {
  fieldTable,
  inputTable,
  kinds,
  linkTo,
  memberTable,
  printRemarks,
  valueTable,
} from './schema-markdown.ts';

export interface Section {
  title: string;
  introduction: string[];
  entries: Entry[];
}

/** An operation or a type: its keyword in the language, its name, and what the page says of it. */
interface Entry {
  keyword: string;
  name: string;
  paragraphs: string[];
}

/** Makes a section of each kind of operation that the schema has. */
export function operationSections(schema: GraphQLSchema): Section[] {
  return [
    operationSection('Queries', 'query', schema.getQueryType()),
    operationSection('Mutations', 'mutation', schema.getMutationType()),
    operationSection('Subscriptions', 'subscription', schema.getSubscriptionType()),
  ].filter(({ entries }) => entries.length > 0);
}

/** Makes a section of each kind of type that the schema has, without the roots of operations. */
export function typeSections(schema: GraphQLSchema): Section[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !roots.some((root) => root === type),
  );
  return kinds
    .map(({ title, keyword, includes }) => ({
      title,
      introduction: [],
      entries: types.filter(includes).map((type) => ({
        keyword,
        name: type.name,
        paragraphs: [...printRemarks(type), ...printMembers(type, schema)],
      })),
    }))
    .filter(({ entries }) => entries.length > 0);
}

function operationSection(
  title: string,
  keyword: string,
  root: GraphQLObjectType | null | undefined,
): Section {
  const entries = Object.values(root?.getFields() ?? {}).map((field) => ({
    keyword,
    name: field.name,
    paragraphs: [
      ...printRemarks(field),
      ...(field.args.length === 0 ? [] : [inputTable('Argument', field.args)]),
      printAnswer(field.type),
    ],
  }));
  return { title, introduction: root ? printRemarks(root) : [], entries };
}

function printAnswer(type: GraphQLOutputType): string {
  const answer = getNamedType(type);
  const members = isUnionType(answer) ? answer.getTypes() : [];
  const results = members.filter((member) => !isError(member));
  return [
    `- Answers: ${linkTo(type)}`,
    ...printLinks('- Results:', results),
    ...printLinks('- Errors:', members.filter(isError)),
  ].join('\n');
}

function isError(type: GraphQLObjectType): boolean {
  return type.getInterfaces().some(({ name }) => name === 'Error');
}

function printMembers(type: GraphQLNamedType, schema: GraphQLSchema): string[] {
  if (isScalarType(type)) {
    return type.specifiedByURL ? [`Specified at <${type.specifiedByURL}>.`] : [];
  }
  if (isEnumType(type)) return [valueTable(type.getValues())];
  if (isUnionType(type)) return [memberTable(type.getTypes())];
  if (isInputObjectType(type)) {
    const fields = inputTable('Field', Object.values(type.getFields()));
    return type.isOneOf ? ['Takes exactly one of its fields (`@oneOf`).', fields] : [fields];
  }
  const kin = isInterfaceType(type) ? schema.getImplementations(type) : undefined;
  return [
    ...printLinks('Implements', type.getInterfaces()),
    ...printLinks('Implemented by', [...(kin?.interfaces ?? []), ...(kin?.objects ?? [])]),
    fieldTable(Object.values(type.getFields())),
  ];
}

function printLinks(title: string, types: readonly GraphQLNamedType[]): string[] {
  return types.length === 0 ? [] : [`${title} ${types.map(linkTo).join(', ')}`];
}
