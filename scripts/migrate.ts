import { loadConfig, readEnvironment } from '../src/config.ts';
import { openDatabase } from '../src/platform/database/connect.ts';
import { migrateDatabase } from '../src/platform/database/migrate.ts';
import { createLog } from '../src/platform/log.ts';

/** Applies the migrations to the configured database, as every start does. */
async function run(): Promise<void> {
  const config = loadConfig(readEnvironment());
  const log = createLog(config.log);
  const database = await openDatabase(config.database, log);
  try {
    const applied = await migrateDatabase(database, log);
    if (applied.length === 0) log.info('The database is up to date');
  } finally {
    await database.close();
  }
}

run().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.name === 'ConfigurationError' ? 78 : 1;
});
