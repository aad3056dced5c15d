import { type Command, CommanderError } from 'commander';
import { badConfigurationExitCode, ConfigurationError } from '../config/configuration-error.ts';
import { CommandError, exitCodes, MisuseError } from './command-errors.ts';

/** Does what the parameters say; answers the exit code. What went wrong is on standard error. */
export async function runCommand(program: Command, parameters: readonly string[]): Promise<number> {
  let isWritten = true;
  // Whoever reads the output may have seen enough; a full disk is another matter.
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    isWritten = code === 'EPIPE';
    if (!isWritten) process.exitCode = exitCodes.notDone;
  });
  try {
    await program.parseAsync(parameters, { from: 'user' });
    return isWritten ? exitCodes.done : exitCodes.notDone;
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): number {
  // Commander has said it already; of help and the like it says 0.
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? exitCodes.done : exitCodes.misuse;
  }
  const message = error instanceof Error ? error.message : 'It could not be done.';
  process.stderr.write(`${message}\n`);
  if (error instanceof ConfigurationError) return badConfigurationExitCode;
  if (error instanceof MisuseError) return exitCodes.misuse;
  if (!(error instanceof CommandError)) process.stderr.write('This should not have happened.\n');
  return exitCodes.notDone;
}
