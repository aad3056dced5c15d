import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forbidden, type Plant, permitted } from '../support/boundary-plants.ts';

interface Diagnostic {
  severity: string;
  category: string;
  message: string;
  location: { path: string };
}

const root = join(import.meta.dirname, '../..');
const plants = mkdtempSync(join(tmpdir(), 'latchkey-boundaries-'));
let diagnostics: Diagnostic[] = [];

beforeAll(() => {
  for (const name of ['biome.json', 'floor-plan', '.gitignore']) {
    cpSync(join(root, name), join(plants, name), { recursive: true });
  }
  for (const { file, source } of [...forbidden, ...permitted]) {
    mkdirSync(dirname(join(plants, file)), { recursive: true });
    writeFileSync(join(plants, file), source);
  }
  diagnostics = lint();
});

afterAll(() => rmSync(plants, { recursive: true }));

function lint(): Diagnostic[] {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const command = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', 'src', 'scripts'];
  try {
    execFileSync(process.execPath, command, { cwd: plants, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    return JSON.parse((error as { stdout: string }).stdout).diagnostics;
  }
  throw new Error('The planted violations passed.');
}

const errorsIn = ({ file }: Plant) =>
  diagnostics
    .filter(({ location, severity }) => location.path === file && severity === 'error')
    .map(({ category, message }) => `${category}: ${message}`);

const named = (list: Plant[]) => list.map((plant) => [plant.title, plant] as const);

describe('the linter', () => {
  it.each(named(forbidden))('refuses %s', (_title, plant) => {
    expect(errorsIn(plant)).toContainEqual(expect.stringContaining(plant.says));
  });

  it.each(named(permitted))('allows %s', (_title, plant) => {
    expect(errorsIn(plant)).toEqual([]);
  });

  it('loads every rule without a complaint', () => {
    expect(diagnostics.filter(({ message }) => /errored|Failed to compile/.test(message))).toEqual(
      [],
    );
  });
});
