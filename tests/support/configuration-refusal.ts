import { ConfigurationError } from '../../src/config/configuration-error.ts';
import { loadConfig } from '../../src/config.ts';

/** Returns the refusal of an environment; throws when it is accepted or fails in another way. */
export function refusalOf(environment: Record<string, string | undefined>): ConfigurationError {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error('The configuration was accepted.');
}

/** Lists the variables that an environment is refused for; none when it is accepted. */
export function refusedVariables(environment: Record<string, string | undefined>): string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map(({ variable }) => variable);
  }
}
