import type { PGlite } from '@electric-sql/pglite';
import type {
  IsolationLevel,
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  Transaction,
} from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { plainStatement } from './transaction-guard.ts';

/**
 * Creates the Prisma adapter of the embedded database.
 *
 * It is `pglite-prisma-adapter` with three things mended: a COMMIT that fails is reported rather
 * than swallowed, a script is awaited, and the isolation level is set inside the transaction.
 */
export function createEmbeddedAdapter(pglite: PGlite): SqlDriverAdapterFactory {
  const factory = new PrismaPGlite(pglite);
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => mendAdapter(pglite, await factory.connect()),
  };
}

function mendAdapter(pglite: PGlite, adapter: SqlDriverAdapter): SqlDriverAdapter {
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    queryRaw: (query) => adapter.queryRaw(query),
    executeRaw: (query) => adapter.executeRaw(query),
    executeScript: async (script) => {
      await pglite.exec(script);
    },
    startTransaction: async (isolationLevel) =>
      mendTransaction(await adapter.startTransaction(), isolationLevel),
    getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
    dispose: () => adapter.dispose(),
  };
}

async function mendTransaction(
  transaction: Transaction,
  isolationLevel?: IsolationLevel,
): Promise<Transaction> {
  if (isolationLevel) {
    await transaction.executeRaw(
      plainStatement(`SET TRANSACTION ISOLATION LEVEL ${isolationLevel}`),
    );
  }
  const mended: Transaction = {
    provider: transaction.provider,
    adapterName: transaction.adapterName,
    options: transaction.options,
    queryRaw: (query) => transaction.queryRaw(query),
    executeRaw: (query) => transaction.executeRaw(query),
    commit: async () => {
      try {
        await mended.executeRaw(plainStatement('COMMIT'));
      } catch (error) {
        await transaction.rollback();
        throw error;
      }
      await transaction.commit();
    },
    rollback: () => transaction.rollback(),
  };
  return mended;
}
