import { badConfigurationExitCode, ConfigurationError } from './config/configuration-error.ts';
import { readStartOptions } from './config/start-options.ts';
import { type Config, loadConfig, readEnvironment } from './config.ts';
import { createLog } from './platform/log.ts';
import { startWorkers } from './workers/supervisor.ts';

function readConfig(): Config {
  try {
    return loadConfig({ ...readEnvironment(), ...readStartOptions(process.argv.slice(2)) });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(badConfigurationExitCode);
  }
}

const config = readConfig();
const log = createLog(config.log);
if (config.workers > 1) {
  await startWorkers(config, log);
} else {
  // Here alone, since a supervisor has no use for all that a server loads.
  const { runInstance } = await import('./instance.ts');
  await runInstance(config, log, { isFirst: true, doesJobs: true, sharesPort: false });
}
