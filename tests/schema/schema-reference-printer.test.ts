import { describe, expect, it } from 'vitest';
import { printReference } from '../../scripts/schema-reference.ts';

const base = 'type Query { ping: Int }';
const sectionsOf = (sdl: string) =>
  [...printReference(sdl).matchAll(/^## (.*)$/gm)].map((match) => match[1]);

const written: [title: string, sdl: string, line: string][] = [
  [
    'nullability as in the schema',
    'type A { list: [[A!]]! }',
    '| `list` | [`[[A!]]!`](#type-a) |  |',
  ],
  [
    'a default value of an input field',
    'enum E { X } input I { e: E! = X }',
    '| `e` | [`E!`](#enum-e) = `X` |  |',
  ],
  [
    'a default value of null',
    'input I { n: Int = null }',
    '| `n` | [`Int`](#scalar-int) = `null` |  |',
  ],
  [
    'a default value with pipes and backticks',
    'input I { s: String = "a|`b`" }',
    '| `s` | [`String`](#scalar-string) = `` "a\\|`b`" `` |  |',
  ],
  [
    'an argument of a field, with its default value',
    'type A { list("How many." first: Int = 20): Int }',
    '| `list(first:)` | [`Int`](#scalar-int) = `20` | How many. |',
  ],
  [
    'a deprecated field',
    'type A { "Old." old: Int @deprecated(reason: "Use b|c.") }',
    '| `old` | [`Int`](#scalar-int) | **Deprecated:** Use b\\|c. Old. |',
  ],
  [
    'a deprecated argument',
    'extend type Query { a(old: Int @deprecated): Int }',
    '| `old` | [`Int`](#scalar-int) | **Deprecated:** No longer supported |',
  ],
  [
    'a deprecated input field',
    'input I { a: Int old: Int @deprecated }',
    '| `old` | [`Int`](#scalar-int) | **Deprecated:** No longer supported |',
  ],
  [
    'a deprecated enum value',
    'enum E { X OLD @deprecated }',
    '| `OLD` | **Deprecated:** No longer supported |',
  ],
  [
    'a deprecated operation',
    'extend type Query { old: Int @deprecated(reason: "Use ping.") }',
    '**Deprecated:** Use ping.',
  ],
  [
    'a description of several lines in one cell',
    'type A { """One\ntwo.\n\nThree.""" a: Int }',
    '| `a` | [`Int`](#scalar-int) | One two. Three. |',
  ],
  [
    'angle brackets as text, but not within code',
    '"An <img> or `<img>`." scalar S',
    'An \\<img> or `<img>`.',
  ],
  [
    'where a scalar is specified',
    'scalar S @specifiedBy(url: "https://example.com/s")',
    'Specified at <https://example.com/s>.',
  ],
  [
    'an input that takes one field of several',
    'input I @oneOf { a: Int b: Int }',
    'Takes exactly one of its fields (`@oneOf`).',
  ],
  [
    'the interfaces of an object',
    'interface N { id: ID } type A implements N { id: ID }',
    'Implements [`N`](#interface-n)',
  ],
  [
    'what implements an interface',
    'interface N { id: ID } interface M implements N { id: ID } type A implements N & M { id: ID }',
    'Implemented by [`M`](#interface-m), [`A`](#type-a)',
  ],
];

describe('the reference', () => {
  it.each(written)('writes %s', (_title, sdl, line) => {
    expect(printReference(`${base} ${sdl}`).split('\n')).toContain(line);
  });

  it('tells the results of an operation from its errors', () => {
    const page = printReference(`${base}
      interface Error { code: String } type Bad implements Error { code: String }
      type Good { a: Int } union DoResult = Bad | Good type Mutation { do: DoResult }`);
    expect(page).toContain(
      [
        '### mutation `do`',
        '',
        '- Answers: [`DoResult`](#union-doresult)',
        '- Results: [`Good`](#type-good)',
        '- Errors: [`Bad`](#type-bad)',
      ].join('\n'),
    );
  });

  it('has a section of each kind that the schema has, in a fixed order', () => {
    expect(sectionsOf(base)).toEqual(['Contents', 'Queries', 'Scalars']);
    const sdl = `scalar S enum E { X } input I { a: Int } type A { a: Int } union U = A
      interface N { a: Int } type Subscription { s: A } type Mutation { m: A } ${base}`;
    expect(sectionsOf(sdl)).toEqual([
      ...['Contents', 'Queries', 'Mutations', 'Subscriptions'],
      ...['Objects', 'Interfaces', 'Unions', 'Inputs', 'Enums', 'Scalars'],
    ]);
  });

  it('does not depend on the order of the schema', () => {
    const types = ['type B { b: Int a: A }', 'type A { a: Int }', 'union U = B | A', base];
    expect(printReference(types.join('\n'))).toBe(printReference(types.toReversed().join('\n')));
  });
});
