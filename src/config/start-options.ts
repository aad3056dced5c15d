import { parseArgs } from 'node:util';
import { ConfigurationError } from './configuration-error.ts';
import { type SettingName, settings } from './settings.ts';

/**
 * Reads the parameters of a start as the variables that they stand for. Throws ConfigurationError
 * where there are others, so that one that is misspelled does not go unheeded.
 */
export function readStartOptions(
  parameters: readonly string[],
): Partial<Record<SettingName, string>> {
  try {
    const options = { workers: { type: 'string' } } as const;
    const { workers } = parseArgs({ args: [...parameters], options }).values;
    return workers === undefined ? {} : { WORKERS: workers };
  } catch {
    throw new ConfigurationError([
      {
        variable: '--workers',
        expected: `to be the only parameter, followed by ${settings.WORKERS.expected}`,
        example: '--workers 2',
      },
    ]);
  }
}
