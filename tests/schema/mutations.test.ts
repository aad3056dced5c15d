import { getNullableType, isNullableType, isUnionType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { fieldsOf, ownTypes } from '../support/schema-parts.ts';

const mutationType = schema.getMutationType();
const mutations = mutationType ? fieldsOf(mutationType) : [];

const resultNameOf = (mutation: string) =>
  `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Result`;

describe.each(mutations)('the mutation $name', ({ name, type }) => {
  const result = getNullableType(type);

  it('is nullable, so that a refusal leaves its neighbours whole', () => {
    expect(isNullableType(type)).toBe(true);
  });

  it('answers with a union of its own', () => {
    expect(isUnionType(result)).toBe(true);
    expect(String(result)).toBe(resultNameOf(name));
  });

  it('has one result that is no error, or a step before it; every other implements Error', () => {
    const members = isUnionType(result) ? result.getTypes() : [];
    const [errors, results] = [
      members.filter((member) => member.getInterfaces().some((type) => type.name === 'Error')),
      members.filter((member) => !member.name.endsWith('Error')),
    ];
    const final = results.filter((member) => member.name !== 'MfaChallenge');
    expect(final).toHaveLength(1);
    expect([...errors, ...results].sort()).toEqual([...members].sort());
  });
});

describe('the result unions', () => {
  it('each belong to one mutation', () => {
    const unions = ownTypes.filter(isUnionType).map(({ name }) => name);
    const results = unions.filter((name) => name.endsWith('Result'));
    expect(results.sort()).toEqual(mutations.map(({ name }) => resultNameOf(name)).sort());
  });
});
