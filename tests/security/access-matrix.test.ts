import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Column,
  columns,
  printTable,
  reachable,
  typesBelow,
} from '../support/access-matrix.ts';
import { createProbe, type Probe } from '../support/access-probes.ts';
import { grantedRoutes } from '../support/access-routes.ts';
import { startTestApp } from '../support/test-app.ts';
import { accessTable } from './access-table.ts';

const rows = Object.entries(accessTable).flatMap(([typename, { fields }]) =>
  Object.entries(fields).map(([field, access]) => ({
    coordinate: `${typename}.${field}`,
    typename,
    field,
    access,
  })),
);

describe('the table', () => {
  it('has a row for every field that the schema has, and every way to its type', () => {
    const decided = Object.entries(accessTable).map(([typename, { reachedFrom, fields }]) => [
      typename,
      { reachedFrom, fields: Object.keys(fields) },
    ]);
    expect(Object.fromEntries(decided)).toEqual(reachable());
  });

  it.each(rows)('gives a reason if and only if $coordinate is open', ({ access }) => {
    const isOpen = access.stranger === 'value' || access.stranger === 'null';
    expect(Boolean(access.reason)).toBe(isOpen);
  });

  it('knows where the answer to a sign-in leads', () => {
    const granted = rows.filter(({ access }) => access.granted !== null);
    const types = new Set(granted.map(({ typename }) => typename));
    expect([...types].sort()).toEqual([...typesBelow('AuthPayload')].sort());
    expect(Object.keys(grantedRoutes).sort()).toEqual([...types].sort());
    for (const { typename, access } of rows) {
      expect(access.granted !== null).toBe(types.has(typename));
    }
  });

  it('is the page of the documentation', async () => {
    await expect(printTable(accessTable)).toMatchFileSnapshot('../../docs/access-matrix.md');
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
