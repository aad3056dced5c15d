import type { Log } from '../log.ts';
import type { Database } from './database.ts';
import { withMigrationConnection } from './migration-connection.ts';
import { readMigrations } from './migration-files.ts';
import { readHistory, selectPending } from './migration-history.ts';

/** Tells whether the tables of a database are those of this version; changes nothing. */
export async function isMigrated({ driver }: Database, log: Log): Promise<boolean> {
  const migrations = await readMigrations();
  const history = await withMigrationConnection(driver, log, ({ queryable }) =>
    readHistory(queryable),
  );
  return selectPending(migrations, history).length === 0;
}
