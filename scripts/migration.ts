import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { embeddedConnection } from '../src/platform/database/migration-connection.ts';
import { migrationsDirectory, readMigrations } from '../src/platform/database/migration-files.ts';
import { openPglite } from '../src/platform/database/pglite.ts';
import { diffMigrationsToSchema } from '../src/platform/database/schema-engine.ts';

const usage = `Usage: npm run migration -- NAME     writes the migration that the changed schema needs
       npm run migration -- --check  exits 1 when schema and migrations disagree
NAME is made of lower-case letters, digits and underscores, e.g. add_user_avatar.`;

async function readDifference(): Promise<string> {
  const schema = await readFile(join(import.meta.dirname, '../prisma/schema.prisma'), 'utf8');
  const shadow = await openPglite();
  try {
    const connection = await embeddedConnection(shadow);
    return await diffMigrationsToSchema(await readMigrations(), schema, connection);
  } finally {
    await shadow.close();
  }
}

async function check(): Promise<void> {
  const sql = await readDifference();
  if (sql === '') return;
  process.stderr.write(`The migrations do not lead to prisma/schema.prisma. Missing:\n\n${sql}`);
  process.exitCode = 1;
}

async function author(name: string): Promise<void> {
  const sql = await readDifference();
  if (sql === '') {
    process.stdout.write(
      'The migrations lead to prisma/schema.prisma already: nothing to write.\n',
    );
    return;
  }
  const timestamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const directory = join(migrationsDirectory, `${timestamp}_${name}`);
  const file = join(directory, 'migration.sql');
  await mkdir(directory);
  await writeFile(file, sql);
  process.stdout.write(`Wrote ${relative(process.cwd(), file)}. Read it before you commit it.\n`);
}

const [argument = '', ...rest] = process.argv.slice(2);
if (argument === '--check' && rest.length === 0) {
  await check();
} else if (/^[a-z][a-z0-9_]{0,60}$/.test(argument) && rest.length === 0) {
  await author(argument);
} else {
  process.stderr.write(`${usage}\n`);
  process.exitCode = 2;
}
