const many = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => write(index)).join(' ');

const nested = (count: number, opening: string, inside: string, closing: string) =>
  opening.repeat(count) + inside + closing.repeat(count);

/** Writes `count` fragments, each of which spreads the one after it `times`; the last is a field. */
export const fragmentChain = (count: number, times: number) =>
  `{ ...f0 } ${many(count, (at) => `fragment f${at} on Query { ${`...f${at + 1} `.repeat(times)}}`)}
  fragment f${count} on Query { __typename }`;

/** Writes `count` fragments that each spread the next, the last one the first. */
export const fragmentCycle = (count: number) =>
  `{ ...f0 } ${many(count, (at) => `fragment f${at} on Query { ...f${(at + 1) % count} }`)}`;

/**
 * Writes a cycle of 127 fragments whose longest walk is hidden: they form a tree of seven levels,
 * and each spreads its children and whichever comes after it from left to right.
 */
const hiddenCycle = () => {
  const fragments = Array.from({ length: 127 }, (_, index) => {
    const at = index + 1;
    const span = (at & -at) / 2;
    const others = span >= 1 ? [at - span, at + span, at + 1] : [at + 1];
    return `fragment f${at} on Query { ... { ${others.map((other) => `...f${other % 128} `).join('')}} }`;
  });
  const [root] = fragments.splice(63, 1);
  return `{ ...f1 } ${fragments.join(' ')} fragment f0 on Query { id } ${root}`;
};

/** Writes fields inside one another. */
export const fieldsNested = (count: number) => `{ ${nested(count - 1, 'me {', 'id', '}')} }`;

/** Documents that ask for more than the default limits allow, and how each is refused. */
export const hostileDocuments: [name: string, document: string, code: string, limit: number][] = [
  ['fields inside one another', fieldsNested(11), 'DEPTH_LIMIT_EXCEEDED', 10],
  [
    'fields inside one another by way of fragments',
    `{ ...a } fragment a on Query { me { ...b } } fragment b on User ${fieldsNested(10)}`,
    'DEPTH_LIMIT_EXCEEDED',
    10,
  ],
  [
    'introspection that depth is hidden beside',
    `{ __schema { ...a } ...a } fragment a on Query ${fieldsNested(11)}`,
    'DEPTH_LIMIT_EXCEEDED',
    10,
  ],
  [
    'fields under the alias __schema',
    `{ __schema: me ${fieldsNested(10)} }`,
    'DEPTH_LIMIT_EXCEEDED',
    10,
  ],
  ['inline fragments', `{ ${nested(200, '... {', 'id', '}')} }`, 'DEPTH_LIMIT_EXCEEDED', 200],
  ['lists', `{ a(b: ${nested(200, '[', '', ']')}) }`, 'DEPTH_LIMIT_EXCEEDED', 200],
  ['objects', `{ a(b: ${nested(200, '{ a: ', '1', '}')}) }`, 'DEPTH_LIMIT_EXCEEDED', 200],
  [
    'objects in a default',
    `query ($a: A = ${nested(201, '{ a: ', '1', '}')}) { a }`,
    'DEPTH_LIMIT_EXCEEDED',
    200,
  ],
  ['list types', `query ($a: ${nested(201, '[', 'Int', ']')}) { a }`, 'DEPTH_LIMIT_EXCEEDED', 200],
  ['a chain of fragments', fragmentChain(200, 1), 'DEPTH_LIMIT_EXCEEDED', 200],
  ['a hidden cycle of fragments', hiddenCycle(), 'DEPTH_LIMIT_EXCEEDED', 200],
  ['a long cycle of fragments', fragmentCycle(201), 'DEPTH_LIMIT_EXCEEDED', 200],
  [
    'a deep fragment that nobody spreads',
    `{ id } fragment a on User { ${nested(200, '... {', 'id', '}')} }`,
    'DEPTH_LIMIT_EXCEEDED',
    200,
  ],
  ['aliases', `{ ${many(31, (at) => `a${at}: id`)} }`, 'ALIAS_LIMIT_EXCEEDED', 30],
  [
    'aliases in a fragment that is spread again',
    `{ ...a ...a ...a } fragment a on Query { ${many(11, (at) => `a${at}: id`)} }`,
    'ALIAS_LIMIT_EXCEEDED',
    30,
  ],
  [
    'aliases of introspection',
    `{ __schema { ${many(31, (at) => `a${at}: types { name }`)} } }`,
    'ALIAS_LIMIT_EXCEEDED',
    30,
  ],
  [
    'aliases in the second operation',
    `query a { id } query b { ${many(31, (at) => `a${at}: id`)} }`,
    'ALIAS_LIMIT_EXCEEDED',
    30,
  ],
  ['directives', `{ id ${'@a '.repeat(51)} }`, 'DIRECTIVE_LIMIT_EXCEEDED', 50],
  [
    'directives everywhere',
    `query ($a: Int @a) @a { ...b @a ... @a { id @a } ${'id @a '.repeat(45)}} fragment b on Query @a { id }`,
    'DIRECTIVE_LIMIT_EXCEEDED',
    50,
  ],
  [
    'directives below introspection',
    `{ __schema { id ${'@a '.repeat(51)} } }`,
    'DIRECTIVE_LIMIT_EXCEEDED',
    50,
  ],
  ['items of a list', `{ a(b: [${'1 '.repeat(201)}]) }`, 'LIST_SIZE_LIMIT_EXCEEDED', 200],
  [
    'items of a list in an object in a directive',
    `{ id @a(b: { c: [[${'1 '.repeat(201)}]] }) }`,
    'LIST_SIZE_LIMIT_EXCEEDED',
    200,
  ],
  [
    'items of a list in a default',
    `query ($a: [Int] = [${'1 '.repeat(201)}]) { id }`,
    'LIST_SIZE_LIMIT_EXCEEDED',
    200,
  ],
  ['fragments that spread each other twice', fragmentChain(14, 2), 'COST_LIMIT_EXCEEDED', 10_000],
  [
    'fragments that spread each other twice, beyond any number',
    fragmentChain(190, 2),
    'COST_LIMIT_EXCEEDED',
    10_000,
  ],
  ['fields to be merged', `{ ${'me { id } '.repeat(142)} }`, 'COST_LIMIT_EXCEEDED', 10_000],
  [
    'fields to be merged from fragments',
    `{ ...a ...a } ${many(71, (at) => `fragment a${at} on Query { me { id } ... { me { id } } }`)}`,
    'COST_LIMIT_EXCEEDED',
    10_000,
  ],
  ['tokens', `{ ${'id '.repeat(1999)} }`, 'TOKEN_LIMIT_EXCEEDED', 2000],
  ['a text', `{ a(b: "${'a'.repeat(32_768)}") }`, 'DOCUMENT_SIZE_LIMIT_EXCEEDED', 32_768],
  [
    'a text that is long in UTF-8 only',
    `{ a(b: "${'€'.repeat(11_000)}") }`,
    'DOCUMENT_SIZE_LIMIT_EXCEEDED',
    32_768,
  ],
  ['a comment', `{ id } #${'a'.repeat(32_768)}`, 'DOCUMENT_SIZE_LIMIT_EXCEEDED', 32_768],
];

/** Documents of 20,000 tokens that nest as deep as these allow. */
export const deepestDocuments: [name: string, document: string][] = [
  ['fields', fieldsNested(6600)],
  ['fields, left open', `{ ${'me { '.repeat(9900)}`],
  ['inline fragments', `{ ${nested(6600, '... {', 'id', '}')} }`],
  ['inline fragments, left open', `{ ${'... { '.repeat(9900)}`],
  ['lists', `{ a(b: ${nested(9900, '[', '', ']')}) }`],
  ['lists, left open', `{ a(b: ${'['.repeat(19_900)}`],
  ['objects', `{ a(b: ${nested(4900, '{ a: ', '1', '}')}) }`],
  ['objects, left open', `{ a(b: ${'{ a: '.repeat(6600)}`],
  ['list types', `query ($a: ${nested(9900, '[', 'Int', ']')}) { a }`],
  ['list types, left open', `query ($a: ${'['.repeat(19_900)}`],
  ['a chain of fragments', fragmentChain(2200, 1)],
  ['a cycle of fragments', fragmentCycle(2200)],
];
