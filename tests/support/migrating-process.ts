// Run as a process of its own: `node migrating-process.ts URL`. Migrates the PostgreSQL database at
// URL and prints the names of the migrations that it applied itself, as JSON.

import { migrateDatabase } from '../../src/platform/database/migrate.ts';
import { openPostgres } from '../../src/platform/database/postgres.ts';
import { createLog } from '../../src/platform/log.ts';
import { postgresSettings } from './postgres-server.ts';

const [url = ''] = process.argv.slice(2);
const log = createLog({ level: 'silent', format: 'json' });
const database = openPostgres(postgresSettings(url), log);
console.log(JSON.stringify(await migrateDatabase(database, log)));
await database.close();
