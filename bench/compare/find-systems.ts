import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { floorName, type System } from './system.ts';

const folder = join(import.meta.dirname, 'systems');

/** Lists the systems of these names, or all, the floor first; throws where there is none of a name. */
export function listSystems(asked: readonly string[] | null): string[] {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replace(/\.ts$/, ''));
  const known = [floorName, ...names.filter((name) => name !== floorName)];
  const unknown = asked?.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Error(`There is no system ${unknown}; those known are ${known.join(', ')}.`);
  }
  return known.filter((name) => asked?.includes(name) ?? true);
}

/** Loads a system, which its file exports as `system`. */
export async function findSystem(name: string): Promise<System> {
  const { system }: { system: System } = await import(join(folder, `${name}.ts`));
  return system;
}
