import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { asLimitRefusal, refuseLongDocument } from '../../src/graphql/operation-limits.ts';
import {
  deepestDocuments,
  fieldsNested,
  fragmentChain,
  fragmentCycle,
  hostileDocuments,
} from '../support/hostile-documents.ts';
import {
  defaultLimits,
  everythingIntrospected,
  readDocument,
  refusalOf,
  widestLimits,
} from '../support/limit-refusals.ts';

const thrownBy = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown.');
};

describe('a document', () => {
  it.each(hostileDocuments)('is refused for its %s', (_name, document, code, limit) => {
    expect(refusalOf(() => readDocument(document, defaultLimits))).toEqual({
      message: expect.stringMatching(/^(The|Fields|A) [a-z ]+\.$/),
      extensions: { code, limit, http: { status: 400 } },
    });
  });

  it.each([
    ['the introspection of every tool', everythingIntrospected],
    ['as many fields inside one another as allowed', fieldsNested(10)],
    ['a field beside deep introspection', `{ __type(name: "A") ${fieldsNested(50)} id }`],
    [
      'a fragment that is deep and spread below introspection',
      `{ __schema { ...a } } fragment a on A ${fieldsNested(50)}`,
    ],
    ['as many aliases as allowed', `{ ${Array.from({ length: 30 }, (_, at) => `a${at}: id`)} }`],
    [
      'as many aliases in each of two operations',
      `query a { ...c } query b { ...c } fragment c on A { ${Array.from({ length: 30 }, (_, at) => `a${at}: id`)} }`,
    ],
    ['as many directives as allowed', `{ id ${'@a '.repeat(50)} }`],
    ['as long a list as allowed', `{ a(b: [${'1 '.repeat(200)}]) }`],
    ['as many fields as allowed', fragmentChain(13, 2)],
    ['as many fields to be merged as allowed', `{ ${'me { id } '.repeat(141)} }`],
    ['more fields to be merged that select nothing', `{ ${'id '.repeat(1990)} }`],
    ['as many tokens as allowed', `{ ${'id '.repeat(1998)} }`],
    ['as long a text as allowed', `{ a(b: "${'€'.repeat(10_918)}a") }`],
  ])('passes with %s', (_name, document) => {
    expect(refusalOf(() => readDocument(document, defaultLimits))).toBeNull();
  });

  it.each([
    ['a fragment that spreads itself', '{ ...a } fragment a on Query { id ...a }'],
    ['fragments that spread each other', fragmentCycle(20)],
    ['a fragment that does not exist', '{ ...a }'],
    ['a fragment called as a property of every object', '{ ...constructor ...__proto__ }'],
    ['two fragments of one name', '{ ...a } fragment a on Query { id } fragment a on Query { id }'],
    ['a fragment that nobody spreads', '{ id } fragment a on Query { id }'],
    ['no operation', 'fragment a on Query { id }'],
    ['definitions of types', `type A { ${'a: [Int] @a '.repeat(20)}} extend schema @a`],
  ])('is left to validation with %s', (_name, document) => {
    expect(refusalOf(() => readDocument(document, defaultLimits))).toBeNull();
  });

  it.each(deepestDocuments)('ends nothing with the depth of its %s', (_name, document) => {
    expect(refusalOf(() => readDocument(document, widestLimits))?.extensions).toEqual({
      code: 'DEPTH_LIMIT_EXCEEDED',
      limit: 200,
      http: { status: 400 },
    });
  });

  it('counts both fragments of one name, for validation reads either', () => {
    const deep = `fragment a on User ${fieldsNested(10)}`;
    const flat = 'fragment a on User { id }';
    for (const fragments of [deep + flat, flat + deep]) {
      const refusal = refusalOf(() => readDocument(`{ me { ...a } } ${fragments}`, defaultLimits));
      expect(refusal?.extensions.code).toBe('DEPTH_LIMIT_EXCEEDED');
    }
  });
});

describe('an error of the parser', () => {
  it.each([
    ['{', 'Syntax Error: Expected Name, found <EOF>.'],
    [
      '{ a(b: 1) "Document contains more than 5 tokens. Parsing aborted."',
      'Syntax Error: Expected Name, found String "Document contains more than 5 tokens. Parsing aborted.".',
    ],
  ])('stays what it is: %s', (document, message) => {
    const error = thrownBy(() => parse(document));
    expect(error).toMatchObject({ message });
    expect(asLimitRefusal(error, defaultLimits)).toBe(error);
  });

  it.each([[new TypeError('x')], ['x'], [null], [undefined]])(
    'is passed on when it is none: %s',
    (error) => {
      expect(asLimitRefusal(error, defaultLimits)).toBe(error);
    },
  );
});

it('does not read a document that is too long', () => {
  const document = 'a'.repeat(2 ** 28);
  expect(refusalOf(() => refuseLongDocument(document, defaultLimits))).not.toBeNull();
});
