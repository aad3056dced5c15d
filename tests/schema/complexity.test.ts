import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isInputObjectType,
  isListType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  complexityOf,
  drawingComplexity,
  hashingComplexity,
  statementComplexity,
} from '../../src/graphql/field-complexity.ts';
import { fieldsOf, objectTypes } from '../support/schema-parts.ts';

const fields = objectTypes.flatMap((owner) =>
  fieldsOf(owner).map((field) => ({
    coordinate: `${owner.name}.${field.name}`,
    owner,
    field,
    answer: getNamedType(field.type),
  })),
);

/** Fields that answer a page, and what the arguments of each make of its size. */
const pages = fields.flatMap((page) => {
  const names = page.field.args.map(({ name }) => name);
  if (page.answer.name.endsWith('Connection')) {
    return [
      { ...page, argument: 'first', byDefault: 20 },
      { ...page, argument: 'last', byDefault: 20 },
    ];
  }
  return names.includes('limit') ? [{ ...page, argument: 'limit', byDefault: 100 }] : [];
});

describe.each(pages)('$coordinate by $argument', ({ field, argument, byDefault }) => {
  it.each([
    [undefined, byDefault],
    [null, byDefault],
    [1, 1],
    [37, 37],
    [100, 100],
    [101, 100],
    [2_147_483_647, 100],
    [0, 1],
    [-2_147_483_648, 1],
  ])('multiplies what is below it, with %s, by %d', (value, size) => {
    expect(complexityOf(field, { [argument]: value }).multiplier).toBe(size);
  });
});

describe('a list of objects', () => {
  const lists = fields.filter(
    ({ field, answer }) => isListType(getNullableType(field.type)) && isCompositeType(answer),
  );
  const byIds = lists.filter(({ field }) => field.args.some(({ name }) => name === 'ids'));
  const paged = new Set(pages.map(({ answer }) => answer.name));

  it.each(byIds)('multiplies by the ids that it is asked for: $coordinate', ({ field }) => {
    const multipliers = [0, 1, 37, 100].map(
      (length) => complexityOf(field, { ids: Array.from({ length }, () => 'a') }).multiplier,
    );
    expect(multipliers).toEqual([1, 1, 37, 100]);
  });

  it.each(lists.filter((list) => !byIds.includes(list)))(
    'multiplies by a few or by all, unless it is in a page that has multiplied: $coordinate',
    ({ field, owner, coordinate }) => {
      const few = coordinate === 'Query.roles' ? 100 : 4;
      expect(complexityOf(field, {}).multiplier).toBe(paged.has(owner.name) ? 1 : few);
    },
  );
});

it.each(fields.filter(({ answer }) => pages.some((page) => page.answer === answer)))(
  'a page is answered by nothing that does not multiply: $coordinate',
  ({ field }) => {
    expect(complexityOf(field, {}).multiplier).toBeGreaterThan(1);
  },
);

describe('a field', () => {
  it('costs 1 for each user that it follows', () => {
    const followed = fields.find(({ coordinate }) => coordinate === 'Subscription.presenceChanged');
    const userIds = Array.from({ length: 100 }, () => 'a');
    expect(followed && complexityOf(followed.field, { userIds }).field).toBe(101);
  });

  it('costs 1 by itself, 50 where it asks the database for each object, or 1,000 for each password and file', () => {
    const asking = ['User.sessions', 'SessionConnection.totalCount', 'User.auditEvents'];
    const passwordsIn = ({ args }: (typeof fields)[number]['field']) =>
      args.flatMap(({ type }) => {
        const input = getNamedType(type);
        const names = isInputObjectType(input) ? Object.keys(input.getFields()) : [];
        return names.filter((name) => /password$/i.test(name));
      }).length;
    const filesIn = ({ args }: (typeof fields)[number]['field']) =>
      args.filter(({ type }) => getNamedType(type).name === 'File').length;
    expect(fields.some(({ field }) => filesIn(field) === 1)).toBe(true);
    expect(fields.some(({ field }) => passwordsIn(field) > 1)).toBe(true);
    for (const { coordinate, field } of fields) {
      const { field: cost } = complexityOf(field, { ids: [], userIds: [] });
      const dear = passwordsIn(field) * hashingComplexity + filesIn(field) * drawingComplexity;
      const usual = asking.includes(coordinate) ? statementComplexity : 1;
      expect([coordinate, cost]).toEqual([coordinate, dear || usual]);
    }
  });
});
