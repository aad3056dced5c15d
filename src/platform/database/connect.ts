import type { Log } from '../log.ts';
import type { Database, DatabaseSettings } from './database.ts';
import { openEmbedded } from './embedded.ts';
import { openPostgres } from './postgres.ts';

/**
 * Opens the configured database, without touching its tables.
 *
 * A PostgreSQL server is reached with the first statement only; the embedded database throws
 * DataDirectoryInUseError when another process has it open.
 */
export async function openDatabase(settings: DatabaseSettings, log: Log): Promise<Database> {
  return settings.kind === 'embedded' ? await openEmbedded(settings) : openPostgres(settings, log);
}
