import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const script = [join(root, 'scripts/run.cjs'), join(root, 'src/cli.ts')];

/** What a command said. */
export interface CliOutcome {
  exitCode: unknown;
  output: string;
  errors: string;
}

/**
 * Runs what `npm run cli --` does, in an environment of its own, away from any `.env` file; what is
 * given as input it finds on its standard input.
 */
export function runCli(
  parameters: string[],
  env: Record<string, string> = {},
  directory = tmpdir(),
  input = '',
): Promise<CliOutcome> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [...script, ...parameters],
      { cwd: directory, env },
      (error, output, errors) => resolve({ exitCode: error?.code ?? 0, output, errors }),
    );
    child.stdin?.end(input);
  });
}
