import { findSystem } from './find-systems.ts';
import { install, installedBytes } from './installation.ts';
import type { MeasuredSystem } from './results.ts';
import type { Launch, System } from './system.ts';

/** Which systems take part, how they are described, and why others do not. */
export interface GatheredSystems {
  systems: System[];
  measured: MeasuredSystem[];
  leftOut: Record<string, string>;
}

/** Finds the systems of these names and installs what they need. */
export async function gatherSystems(
  names: readonly string[],
  environment: Record<string, string>,
): Promise<GatheredSystems> {
  const gathered: GatheredSystems = { systems: [], measured: [], leftOut: {} };
  for (const name of names) {
    try {
      install(name);
      const system = await findSystem(name);
      gathered.measured.push(describe(system, system.start(environment)));
      gathered.systems.push(system);
    } catch (error) {
      gathered.leftOut[name] = error instanceof Error ? error.message : String(error);
    }
  }
  return gathered;
}

function describe({ name, title, installation }: System, launch: Launch): MeasuredSystem {
  const settings = Object.entries(launch.env ?? {}).filter(([name]) => isShown(name));
  return {
    name,
    title,
    settings: Object.fromEntries(settings),
    installedBytes: installedBytes(installation ?? { root: launch.cwd }),
  };
}

/** Neither secrets nor what differs from run to run. */
const isShown = (name: string) => !/SECRET|^ADMIN_|_URL$/.test(name);
