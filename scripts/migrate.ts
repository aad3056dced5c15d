import { badConfigurationExitCode, ConfigurationError } from '../src/config/configuration-error.ts';
import { type Config, loadConfig, readEnvironment } from '../src/config.ts';
import { openDatabase } from '../src/platform/database/connect.ts';
import { migrateDatabase } from '../src/platform/database/migrate.ts';
import { createLog, type Log } from '../src/platform/log.ts';
import { describeStartFailure } from '../src/start-failure.ts';

/** Applies the migrations to the configured database, as every start does. */
async function migrate(config: Config, log: Log): Promise<void> {
  const database = await openDatabase(config.database, log);
  try {
    const applied = await migrateDatabase(database, log);
    if (applied.length === 0) log.info('The database is up to date.');
  } finally {
    await database.close();
  }
}

async function run(): Promise<void> {
  const config = loadConfig(readEnvironment());
  const log = createLog(config.log);
  try {
    await migrate(config, log);
  } catch (error) {
    const { message, ...where } = describeStartFailure(error, config);
    log.fatal(where, message);
    process.exitCode = 1;
  }
}

try {
  await run();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = badConfigurationExitCode;
}
