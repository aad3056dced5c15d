import { describe, expect, it } from 'vitest';
import { createStatementNames } from '../../src/platform/database/statement-names.ts';

const query = (sql: string, values = 1) => ({
  sql,
  args: Array.from({ length: values }, () => 1),
  argTypes: [],
});

describe('the names of statements', () => {
  it('are the same for the same text, and of no other', () => {
    const nameOf = createStatementNames();
    const texts = ['SELECT 1', 'SELECT 2', 'SELECT 1'];
    const [first, second, third] = texts.map((sql) => nameOf(query(sql)));
    expect(third).toBe(first);
    expect(second).not.toBe(first);
    expect(first).toMatch(/^latchkey_\d+$/);
  });

  it('are no more than memory is to be taken for; those who have one keep it', () => {
    const nameOf = createStatementNames();
    const names = Array.from({ length: 600 }, (_, n) => nameOf(query(`SELECT ${n}`)));
    expect(new Set(names.slice(0, 500)).size).toBe(500);
    expect(new Set(names.slice(500))).toEqual(new Set(['']));
    expect(nameOf(query('SELECT 7'))).toBe(names[7]);
  });

  it('are not given to lists of many values', () => {
    const nameOf = createStatementNames();
    expect(nameOf(query('SELECT 1', 21))).toBe('');
    expect(nameOf(query('SELECT 1', 20))).not.toBe('');
  });
});
