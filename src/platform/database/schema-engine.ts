import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQueryable,
} from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { loadSchemaEngine } from './load-schema-engine.ts';
import type { Migration } from './migration-files.ts';

/** A connection that the engine works on, always the same one. */
export interface EngineConnection {
  queryable: SqlQueryable;
  /** Runs any number of statements; a transaction is open or the script is one by itself. */
  runScript(sql: string): Promise<void>;
}

const noFilters = { externalTables: [], externalEnums: [] };

/** Applies those of the migrations that the history table lacks, and records them there. */
export async function applyMigrations(
  connection: EngineConnection,
  migrations: Migration[],
): Promise<void> {
  await withEngine(connection, (engine) =>
    engine.applyMigrations({ migrationsList: listOf(migrations), filters: noFilters }),
  );
}

/**
 * Writes the SQL that leads from the migrations to a Prisma schema; empty when they agree.
 *
 * Replays the migrations in `shadow`, an empty database that is of no use afterwards.
 */
export async function diffMigrationsToSchema(
  migrations: Migration[],
  schema: string,
  shadow: EngineConnection,
): Promise<string> {
  return await withEngine(shadow, async (engine) => {
    const { stdout, exitCode } = await engine.diff({
      from: { tag: 'migrations', ...listOf(migrations) },
      to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: schema }] },
      script: true,
      exitCode: true,
      filters: noFilters,
    });
    return exitCode === 0 ? '' : (stdout ?? '');
  });
}

async function withEngine<T>(
  connection: EngineConnection,
  work: (engine: bindings.SchemaEngine) => Promise<T>,
): Promise<T> {
  let fault: unknown;
  // The engine reports a script that failed without its reason.
  async function runScript(sql: string): Promise<void> {
    await connection.runScript(sql).catch((error: unknown) => {
      fault = error;
      throw error;
    });
  }
  const engine = await startEngine({ ...connection, runScript });
  try {
    return await work(engine);
  } catch (error) {
    throw fault ?? error;
  } finally {
    engine.free();
  }
}

async function startEngine(connection: EngineConnection): Promise<bindings.SchemaEngine> {
  await loadSchemaEngine();
  const factory: SqlMigrationAwareDriverAdapterFactory = {
    provider: 'postgres',
    adapterName: 'latchkey',
    connect: async () => adapt(connection),
    connectToShadowDb: async () => adapt(connection),
  };
  return await bindings.SchemaEngine.new(
    { datamodels: undefined },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(factory),
  );
}

function adapt({ queryable, runScript }: EngineConnection): SqlDriverAdapter {
  return {
    provider: queryable.provider,
    adapterName: queryable.adapterName,
    queryRaw: (query) => queryable.queryRaw(query),
    executeRaw: (query) => queryable.executeRaw(query),
    executeScript: runScript,
    startTransaction: async () => {
      throw new Error('The schema engine works inside the transaction that is open.');
    },
    getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
    dispose: async () => undefined,
  };
}

function listOf(migrations: Migration[]): bindings.MigrationList {
  return {
    baseDir: '/migrations',
    shadowDbInitScript: '',
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
}
