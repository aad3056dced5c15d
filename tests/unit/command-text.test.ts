import { describe, expect, it } from 'vitest';
import { details, table } from '../../src/cli/text.ts';

describe('what the command line prints', () => {
  it.each([
    ['an escape', '\u001b[31m'],
    ['a C1 control', '\u009b31m'],
    ['a line end', '\r\n'],
    ['a line separator', '\u2028'],
    ['an override of direction', '\u202e'],
    ['an isolate', '\u2066'],
  ])('holds nothing that a terminal would obey: %s', (_name, hostile) => {
    const typed = `a${hostile}b`;
    const control = /(?!\n)[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
    expect(table(['NAME'], [[typed]])).not.toMatch(control);
    expect(table(['NAME'], [[typed]]).split('\n')).toHaveLength(2);
    expect(details({ name: typed })).not.toMatch(control);
    expect(details({ name: typed }).split('\n')).toHaveLength(1);
  });
});
