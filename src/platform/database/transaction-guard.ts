import type { SqlDriverAdapterFactory, SqlQuery, Transaction } from '@prisma/driver-adapter-utils';

/**
 * Makes the COMMIT of a transaction fail in which a statement failed and was not undone.
 *
 * PostgreSQL answers such a COMMIT with a rollback and no error, so that code which catches the
 * failed statement and goes on would take lost writes for kept ones.
 */
export function guardTransactions(factory: SqlDriverAdapterFactory): SqlDriverAdapterFactory {
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => {
      const adapter = await factory.connect();
      const start = adapter.startTransaction.bind(adapter);
      adapter.startTransaction = async (level) => guard(await start(level));
      return adapter;
    },
  };
}

/** Wraps SQL without parameters. */
export function plainStatement(sql: string): SqlQuery {
  return { sql, args: [], argTypes: [] };
}

function guard(transaction: Transaction): Transaction {
  const queryRaw = transaction.queryRaw.bind(transaction);
  const executeRaw = transaction.executeRaw.bind(transaction);
  let statementFailed = false;

  async function watch<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      statementFailed = true;
      throw error;
    }
  }

  transaction.queryRaw = (query) => watch(queryRaw(query));
  transaction.executeRaw = async (query) => {
    if (query.sql === 'COMMIT' && statementFailed) {
      try {
        // Fails in a transaction that can only be rolled back.
        await executeRaw(plainStatement('SELECT 1'));
      } catch (error) {
        await executeRaw(plainStatement('ROLLBACK'));
        throw error;
      }
    }
    return await watch(executeRaw(query));
  };
  return transaction;
}
