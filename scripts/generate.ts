import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** `database`: Prisma client and Pothos types; `documents`: types of the tests' GraphQL documents. */
export type GeneratedPart = 'database' | 'documents';

interface Recipe {
  title: string;
  /** Glob patterns of the files that decide what is generated. */
  inputs: string[];
  /** Packages whose version decides what is generated. */
  packages: string[];
  command: string[];
  outputs: string[];
  /** Keeps the fingerprint of the inputs that the outputs were made from. */
  stamp: string;
}

const root = join(import.meta.dirname, '..');

const recipes: Record<GeneratedPart, Recipe> = {
  database: {
    title: 'database client',
    inputs: ['prisma/schema.prisma', 'prisma.config.ts'],
    packages: ['prisma', '@prisma/client', '@pothos/plugin-prisma'],
    command: ['node_modules/prisma/build/index.js', 'generate', '--no-hints'],
    outputs: ['src/generated/prisma/client.ts', 'src/generated/pothos-types.ts'],
    stamp: 'src/generated/inputs.sha256',
  },
  documents: {
    title: 'types of the GraphQL documents',
    inputs: ['schema.graphql', 'codegen.ts', 'tests/**/*.ts'],
    packages: ['@graphql-codegen/cli', '@graphql-codegen/client-preset'],
    command: ['node_modules/@graphql-codegen/cli/esm/bin.js', '--config', 'codegen.ts'],
    outputs: ['tests/generated/graphql.ts', 'tests/generated/gql.ts'],
    stamp: 'tests/generated/inputs.sha256',
  },
};

function fingerprint({ inputs, packages, command }: Recipe): string {
  const files = inputs
    .flatMap((pattern) => globSync(pattern, { cwd: root, exclude: ['tests/generated'] }))
    .concat(packages.map((name) => `node_modules/${name}/package.json`))
    .sort();
  const hash = createHash('sha256').update(JSON.stringify([command, files]));
  for (const file of files) hash.update('\0').update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function isFresh({ outputs, stamp }: Recipe, expected: string): boolean {
  return (
    outputs.every((file) => existsSync(join(root, file))) &&
    existsSync(join(root, stamp)) &&
    readFileSync(join(root, stamp), 'utf8') === expected
  );
}

function make({ title, command, stamp }: Recipe, expected: string): void {
  process.stderr.write(`Generating the ${title} …\n`);
  // With its stamp and all: a half-finished result is neither taken for a fresh one nor in the way.
  rmSync(dirname(join(root, stamp)), { recursive: true, force: true });
  const run = spawnSync(process.execPath, command, {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      // Where Prisma looks for the generator of Pothos's types; npm would put it there.
      PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`,
      CHECKPOINT_DISABLE: '1',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
    },
  });
  if (run.status !== 0) {
    process.stderr.write(`${run.stdout}${run.stderr}Generating the ${title} failed.\n`);
    process.exit(1);
  }
  mkdirSync(dirname(join(root, stamp)), { recursive: true });
  writeFileSync(join(root, stamp), expected);
}

/** Generates the parts whose inputs changed since they were last generated; exits 1 on failure. */
export function generateStale(parts: GeneratedPart[]): void {
  for (const part of parts) {
    const expected = fingerprint(recipes[part]);
    if (!isFresh(recipes[part], expected)) make(recipes[part], expected);
  }
}

/** Generates the parts whether or not anything changed; exits 1 on failure. */
export function generate(parts: GeneratedPart[]): void {
  for (const part of parts) make(recipes[part], fingerprint(recipes[part]));
}

if (process.argv[1] === import.meta.filename) generate(['database', 'documents']);
