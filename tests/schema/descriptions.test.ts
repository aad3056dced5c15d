import { describe, expect, it } from 'vitest';
import { schemaParts } from '../support/schema-parts.ts';

describe('every type, field, argument, input field and enum value', () => {
  it.each(schemaParts())('$coordinate is described in whole sentences', ({ description }) => {
    expect(description).toMatch(/^[A-Z`].*[.…]$/s);
  });
});
