import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/platform/database/connect.ts';
import { openInMemory } from '../../src/platform/database/embedded.ts';
import { migrateDatabase } from '../../src/platform/database/migrate.ts';
import { createLog } from '../../src/platform/log.ts';
import { createScratchDatabase } from './postgres-server.ts';

/** What each test database is a copy of: a dump in a file, or a database on the test server. */
export type DatabaseTemplate =
  | { kind: 'embedded'; dumpFile: string }
  | { kind: 'postgres'; name: string };

declare module 'vitest' {
  interface ProvidedContext {
    databaseTemplate: DatabaseTemplate;
  }
}

const log = createLog({ level: 'warn', format: 'json' });

/** Migrates one database for the whole run; tests work on copies of it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  return process.env.TEST_DATABASE_URL
    ? await provideServerTemplate(project)
    : await provideDump(project);
}

async function provideServerTemplate(project: TestProject): Promise<() => Promise<void>> {
  const template = await createScratchDatabase();
  const database = await openDatabase(template.settings, log);
  await migrateDatabase(database, log);
  await database.close();
  project.provide('databaseTemplate', { kind: 'postgres', name: template.name });
  return template.drop;
}

async function provideDump(project: TestProject): Promise<() => Promise<void>> {
  const database = await openInMemory();
  await migrateDatabase(database, log);
  const directory = await mkdtemp(join(tmpdir(), 'latchkey-test-'));
  const dumpFile = join(directory, 'migrated.tar.gz');
  if (database.driver.kind === 'embedded') {
    const dump = await database.driver.pglite.dumpDataDir('gzip');
    await writeFile(dumpFile, Buffer.from(await dump.arrayBuffer()));
  }
  await database.close();
  project.provide('databaseTemplate', { kind: 'embedded', dumpFile });
  return () => rm(directory, { recursive: true });
}
