/** One variable that cannot be used as it is. Never holds the value that was found. */
export interface ConfigurationProblem {
  variable: string;
  /** Completes "expected …". */
  expected: string;
  example: string;
}

/** EX_CONFIG of sysexits.h, to end a process with: supervisors that know it do not try again. */
export const badConfigurationExitCode = 78;

/**
 * Reports everything that is wrong with the configuration at once.
 *
 * The message is meant for the operator's terminal: it names variables, what was expected and an
 * example each, and repeats nothing that was found in the environment.
 */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly ConfigurationProblem[];

  constructor(problems: readonly ConfigurationProblem[], introduction = '') {
    const listed = problems.filter(isFirstOfItsVariable);
    super(format(listed, introduction));
    this.problems = listed;
  }
}

// Further problems of a variable often come from its first, the most basic one.
function isFirstOfItsVariable(
  { variable }: ConfigurationProblem,
  index: number,
  all: readonly ConfigurationProblem[],
): boolean {
  return all.findIndex((other) => other.variable === variable) === index;
}

function format(problems: readonly ConfigurationProblem[], introduction: string): string {
  const entries = problems.map(
    ({ variable, expected, example }) =>
      `  ${variable}\n    expected ${expected}\n    for example: ${example}`,
  );
  return [
    'The configuration cannot be used.',
    ...(introduction === '' ? [] : [introduction]),
    '',
    ...entries,
    '',
    'docs/configuration.md describes every variable.',
  ].join('\n');
}
