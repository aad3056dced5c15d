import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';

const folder = 'tests/faults';
const tests = readdirSync(folder)
  .filter((name) => /^atomic-.*\.test\.ts$/.test(name))
  .map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
  .join();

/** Mutations that write nothing: what this one gives a connection is kept by its instance alone. */
const writeNothing = ['renewConnection'];

it.each(
  Object.keys(schema.getMutationType()?.getFields() ?? {}).filter(
    (name) => !writeNothing.includes(name),
  ),
)('has a test of %s, each of whose statements fails in turn', (name) => {
  expect(tests).toMatch(new RegExp(`^  '?${name}\\b[^\\n]*: \\{`, 'm'));
});
