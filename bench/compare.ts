import { CommanderError } from 'commander';
import { compare } from './compare/comparison.ts';
import { readOptions } from './compare/options.ts';
import { writeReport } from './compare/report.ts';
import { save } from './compare/results-files.ts';

/** Compares this server with others that answer the same: `npm run bench`; `--help` tells how. */
export async function main(): Promise<void> {
  await using resources = new AsyncDisposableStack();
  const interruption = new AbortController();
  const interrupted = Promise.withResolvers<never>();
  for (const name of ['SIGINT', 'SIGTERM']) {
    process.on(name, () => {
      interruption.abort();
      interrupted.reject(new Error(`Ended by ${name}.`));
    });
  }
  // What was interrupted may yet wait for something when all is cleared away.
  resources.defer(() => void setImmediate(() => process.exit()));
  try {
    const options = readOptions(process.argv.slice(2).filter((word) => word !== 'compare'));
    const work = compare(options, resources, interruption.signal);
    const run = await Promise.race([work, interrupted.promise]);
    console.log(`\n${writeReport(run)}\n\n${save(run).join('\n')}`);
  } catch (error) {
    // Commander has said it.
    if (!(error instanceof CommanderError)) console.error(String(error));
    process.exitCode = error instanceof CommanderError ? error.exitCode : 1;
  }
}
