import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One step of the database schema, as it lies in `prisma/migrations`. */
export interface Migration {
  /** Name of its directory, which begins with its UTC timestamp. */
  name: string;
  sql: string;
  /** SHA-256 of the file in hexadecimal, which is what Prisma stores. */
  checksum: string;
}

/** Where the migrations of this version lie. */
export const migrationsDirectory = fileURLToPath(
  new URL('../../../prisma/migrations', import.meta.url),
);

/** Reads all migrations, in the order in which they apply. */
export async function readMigrations(directory = migrationsDirectory): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return await Promise.all(names.sort().map((name) => readMigration(directory, name)));
}

async function readMigration(directory: string, name: string): Promise<Migration> {
  const bytes = await readFile(join(directory, name, 'migration.sql'));
  return {
    name,
    sql: bytes.toString('utf8'),
    checksum: createHash('sha256').update(bytes).digest('hex'),
  };
}
