import {
  type GraphQLArgument,
  type GraphQLEnumValue,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isUnionType,
  print,
} from 'graphql';

interface Described {
  description?: string | null | undefined;
  deprecationReason?: string | null | undefined;
}

interface Kind {
  title: string;
  /** What the schema language calls it. */
  keyword: string;
  includes(type: GraphQLNamedType): boolean;
}

/** Lists the kinds of types in the order of their sections. */
export const kinds: Kind[] = [
  { title: 'Objects', keyword: 'type', includes: isObjectType },
  { title: 'Interfaces', keyword: 'interface', includes: isInterfaceType },
  { title: 'Unions', keyword: 'union', includes: isUnionType },
  { title: 'Inputs', keyword: 'input', includes: isInputObjectType },
  { title: 'Enums', keyword: 'enum', includes: isEnumType },
  { title: 'Scalars', keyword: 'scalar', includes: isScalarType },
];

/** Makes the anchor that GitHub gives to the heading of a type or an operation. */
export function anchorOf(keyword: string, name: string): string {
  return `${keyword}-${name}`.toLowerCase();
}

/** Writes a type as the schema does, nullability and all, with a link to its section. */
export function linkTo(type: GraphQLType): string {
  const named = getNamedType(type);
  const keyword = kinds.find(({ includes }) => includes(named))?.keyword ?? '';
  return `[${code(String(type))}](#${anchorOf(keyword, named.name)})`;
}

/** Prints what is said of a part of the schema in paragraphs, a deprecation first. */
export function printRemarks({ description, deprecationReason }: Described): string[] {
  return [
    ...(deprecationReason == null ? [] : [`**Deprecated:** ${prose(deprecationReason)}`]),
    ...(description ? [prose(description)] : []),
  ];
}

/** Prints the fields of an object or interface, each followed by its arguments. */
export function fieldTable(fields: GraphQLField<unknown, unknown>[]): string {
  const rows = fields.flatMap((field) => [
    [code(field.name), linkTo(field.type), inline(field)],
    ...field.args.map((argument) => inputRow(`${field.name}(${argument.name}:)`, argument)),
  ]);
  return table(['Field', 'Type', 'Description'], rows);
}

/** Prints the arguments of an operation or the fields of an input. */
export function inputTable(
  title: string,
  values: readonly (GraphQLArgument | GraphQLInputField)[],
): string {
  const rows = values.map((value) => inputRow(value.name, value));
  return table([title, 'Type', 'Description'], rows);
}

/** Prints the members of a union. */
export function memberTable(members: readonly GraphQLNamedType[]): string {
  const rows = members.map((type) => [linkTo(type), inline(type)]);
  return table(['Member', 'Description'], rows);
}

/** Prints the values of an enum. */
export function valueTable(values: readonly GraphQLEnumValue[]): string {
  const rows = values.map((value) => [code(value.name), inline(value)]);
  return table(['Value', 'Description'], rows);
}

function inputRow(name: string, value: GraphQLArgument | GraphQLInputField): string[] {
  const literal = value.default?.literal;
  const preset = literal === undefined ? '' : ` = ${code(print(literal))}`;
  return [code(name), `${linkTo(value.type)}${preset}`, inline(value)];
}

function inline(part: Described): string {
  return printRemarks(part).join(' ').replaceAll(/\s+/g, ' ');
}

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

function code(text: string): string {
  // A span of code ends at a run of backticks that is as long as the one it began with.
  const runs = text.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(0, ...runs.map(({ length }) => length)) + 1);
  return runs.length === 0 ? `${fence}${text}${fence}` : `${fence} ${text} ${fence}`;
}

function prose(text: string): string {
  // Descriptions are Markdown, in which `<` outside of code begins a tag that nobody would see.
  return text.replaceAll(/`[^`]*`|</g, (match) => (match === '<' ? '\\<' : match));
}
