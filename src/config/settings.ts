import { z } from 'zod';
import { accountSettings } from './account.settings.ts';
import type { ConfigurationProblem } from './configuration-error.ts';
import { operationSettings } from './operation.settings.ts';
import { serverSettings } from './server.settings.ts';
import type { Setting } from './setting.ts';
import { storageSettings } from './storage.settings.ts';

/** Describes every environment variable that the server reads. */
export const settings = {
  ...serverSettings,
  ...operationSettings,
  ...storageSettings,
  ...accountSettings,
};

/** Name of an environment variable that the server reads. */
export type SettingName = keyof typeof settings;

/** Everything that was read, each variable in its own type. */
export type SettingValues = {
  [Name in SettingName]: (typeof settings)[Name] extends Setting<infer Value> ? Value : never;
};

/** Variables as they were found, without those that are unset or empty. */
export type GivenTexts = Partial<Record<SettingName, string>>;

type Shape = { [Name in SettingName]: (typeof settings)[Name]['schema'] };

const names = Object.keys(settings) as SettingName[];
const shape = Object.fromEntries(names.map((name) => [name, settings[name].schema])) as Shape;
const environmentSchema = z.object(shape);

/** Picks the variables that the server reads; an empty one counts as unset. */
export function pickGiven(environment: Record<string, string | undefined>): GivenTexts {
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = environment[name];
      return text === undefined || text.trim() === '' ? [] : [[name, text]];
    }),
  );
}

/**
 * Reads each variable by itself.
 *
 * A variable that cannot be read becomes a problem and is then treated as unset, so that what
 * concerns the others is found in the same go.
 */
export function readSettings(given: GivenTexts): {
  values: SettingValues;
  problems: ConfigurationProblem[];
} {
  const outcome = environmentSchema.safeParse(given);
  if (outcome.success) return { values: outcome.data, problems: [] };
  const unreadable = new Set(outcome.error.issues.map((issue) => issue.path[0]));
  const readable = Object.entries(given).filter(([name]) => !unreadable.has(name));
  return {
    values: environmentSchema.parse(Object.fromEntries(readable)),
    problems: names.filter((name) => unreadable.has(name)).map((name) => problem(name)),
  };
}

/** Words a problem with a variable; what is expected comes from its description unless given. */
export function problem(
  variable: SettingName,
  expected: string = settings[variable].expected,
): ConfigurationProblem {
  return { variable, expected, example: `${variable}=${settings[variable].example}` };
}
