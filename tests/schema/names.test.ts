import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isUnionType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { fieldsOf, objectTypes, ownTypes, schemaParts } from '../support/schema-parts.ts';

const camelCase = /^[a-z][A-Za-z0-9]*$/;
const pascalCase = /^[A-Z][A-Za-z0-9]*$/;
const screamingCase = /^[A-Z][A-Z0-9_]*$/;

/** What a mutation may begin with; a new verb is a decision. */
const verbs = [
  'block',
  'broadcast',
  'cancel',
  'change',
  'confirm',
  'create',
  'delete',
  'mark',
  'reauthenticate',
  'refresh',
  'remove',
  'renew',
  'request',
  'resend',
  'reset',
  'restore',
  'revoke',
  'rotate',
  'schedule',
  'send',
  'set',
  'sign',
  'suspend',
  'unblock',
  'unlock',
  'update',
  'upload',
  'verify',
];

const fields = objectTypes.flatMap((type) =>
  fieldsOf(type).map((field) => ({
    coordinate: `${type.name}.${field.name}`,
    field,
    answer: getNamedType(field.type).name,
  })),
);

describe('names', () => {
  it.each(ownTypes)('of types are in PascalCase: $name', ({ name }) => {
    expect(name).toMatch(pascalCase);
  });

  it.each(schemaParts().filter(({ coordinate }) => coordinate.includes('.')))(
    'of members are in camelCase, of enum values in SCREAMING_CASE: $coordinate',
    ({ coordinate }) => {
      const [owner = '', member = ''] = coordinate.split(/[.(:]/);
      const isValue = isEnumType(schema.getType(owner));
      expect(member).toMatch(isValue ? screamingCase : camelCase);
    },
  );

  it('of inputs end in Input, Order, Filter or Range, of unions in Result but for StreamItem, of no other type so', () => {
    for (const type of ownTypes) {
      expect([type.name, /(Input|Order|Filter|Range)$/.test(type.name)]).toEqual([
        type.name,
        isInputObjectType(type),
      ]);
      expect([type.name, /Result$|^StreamItem$/.test(type.name)]).toEqual([
        type.name,
        isUnionType(type),
      ]);
    }
  });

  it('of errors end in Error, and only theirs', () => {
    for (const type of objectTypes) {
      const isError = type.getInterfaces().some(({ name }) => name === 'Error');
      expect([type.name, type.name.endsWith('Error')]).toEqual([type.name, isError]);
    }
  });

  it('of moments end in At, and only theirs', () => {
    // A place in the log is a moment, too; a suspension lasts until one; a heartbeat is nothing else.
    const exceptions = [
      'StreamGap.resumedAt',
      'AccountUnavailableError.until',
      'StreamHeartbeat.at',
    ];
    for (const { coordinate, answer } of fields) {
      if (exceptions.includes(coordinate)) continue;
      expect([coordinate, coordinate.endsWith('At')]).toEqual([coordinate, answer === 'DateTime']);
    }
  });

  it('of identifiers are id or end in Id, and only theirs', () => {
    for (const { coordinate, answer } of fields) {
      // What the log and a header call it; nothing is fetched by it.
      if (coordinate === 'AuditEvent.requestId') continue;
      expect([coordinate, /(\.id|Id)$/.test(coordinate)]).toEqual([coordinate, answer === 'ID']);
    }
  });

  it('of durations carry their unit', () => {
    for (const { coordinate } of fields) {
      expect(coordinate).not.toMatch(/(After|Duration|Timeout|Lifetime|Delay|Interval)$/);
    }
  });

  it('of queries are nouns', () => {
    for (const name of Object.keys(schema.getQueryType()?.getFields() ?? {})) {
      expect(name).not.toMatch(/^(get|find|list|fetch|read|load|search)[A-Z]/);
    }
  });

  it('of mutations begin with a verb', () => {
    for (const name of Object.keys(schema.getMutationType()?.getFields() ?? {})) {
      expect(verbs).toContain(/^[a-z]+/.exec(name)?.[0]);
    }
  });

  it('of subscriptions say what happened or name what is told', () => {
    for (const name of Object.keys(schema.getSubscriptionType()?.getFields() ?? {})) {
      expect(name).toMatch(/(ed|s)$/);
    }
  });

  it('of lists of things are plural', () => {
    const plural = /(s|children)$/;
    const exceptions = ['Session.amr', 'ConflictError.path', 'FieldIssue.path'];
    for (const { coordinate, field } of fields) {
      if (!String(field.type).includes('[') || exceptions.includes(coordinate)) continue;
      expect(coordinate).toMatch(plural);
    }
  });
});

it('knows where each custom scalar is specified, or says it itself', () => {
  const scalars = ownTypes.filter(isScalarType);
  expect(scalars.map(({ name }) => name)).toEqual([
    'DateTime',
    'EmailAddress',
    'EventCursor',
    'File',
    'JSON',
    'URL',
  ]);
  for (const scalar of scalars) {
    expect(scalar.specifiedByURL ?? scalar.description).toBeTruthy();
  }
});

it('can tell the members of each interface apart', () => {
  const interfaces = ownTypes.filter(isInterfaceType);
  expect(interfaces.map(({ name }) => name)).toEqual(['Error', 'Event', 'Node']);
  for (const type of interfaces) {
    expect(schema.getPossibleTypes(type).every(isObjectType)).toBe(true);
  }
});
