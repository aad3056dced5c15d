import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Column,
  columns,
  printTable,
  rowsOfSchema,
  typesGranted,
} from '../support/access-matrix.ts';
import { createProbe, type Probe } from '../support/access-probes.ts';
import { grantedRoutes } from '../support/access-routes.ts';
import { startTestApp } from '../support/test-app.ts';
import { accessTable } from './access-table.ts';

const rows = Object.entries(accessTable).flatMap(([typename, fields]) =>
  Object.entries(fields).map(([field, access]) => ({
    coordinate: `${typename}.${field}`,
    typename,
    field,
    access,
  })),
);

describe('the table', () => {
  it('has a row for every field that the schema has', () => {
    const decided = Object.entries(accessTable).map(([typename, fields]) => [
      typename,
      Object.keys(fields),
    ]);
    const advice = 'Decide in tests/security/access-table.ts who gets what, in the order of names';
    expect(Object.fromEntries(decided), advice).toEqual(rowsOfSchema());
  });

  it.each(rows)('gives a reason if and only if $coordinate is open', ({ access }) => {
    const isOpen = access.stranger === 'value' || access.stranger === 'null';
    expect(Boolean(access.reason)).toBe(isOpen);
  });

  it('knows where the answer to a sign-in leads', () => {
    const granted = rows.filter(({ access }) => access.granted !== null);
    const types = new Set(granted.map(({ typename }) => typename));
    expect([...types].sort()).toEqual([...typesGranted(accessTable, 'AuthPayload')].sort());
    expect(Object.keys(grantedRoutes).sort()).toEqual([...types].sort());
    for (const { typename, access } of rows) {
      expect(access.granted !== null).toBe(types.has(typename));
    }
  });

  it('is the page of the documentation, with every way to each type', async () => {
    const advice =
      'Run `npx vitest run tests/security/access-matrix.test.ts -u` and read the difference';
    const page = printTable(accessTable);
    await expect(page, advice).toMatchFileSnapshot('../../docs/access-matrix.md');
  });
});

describe('the schema', () => {
  let probe: Probe;
  beforeAll(async () => {
    const testApp = await startTestApp();
    probe = await createProbe(testApp);
    return testApp.stop;
  });

  it.each(rows)('answers $coordinate as the table says', async ({ typename, field, access }) => {
    const answers: Partial<Record<Column, string>> = {};
    const expected: Partial<Record<Column, string>> = {};
    for (const column of columns) {
      if (access[column] === null) continue;
      expected[column] = access[column];
      answers[column] = await probe(typename, field, column);
    }
    expect(answers).toEqual(expected);
  });
});
