import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaClient } from '../../generated/prisma/client.ts';
import { guardTransactions } from './transaction-guard.ts';

/** How long an interactive transaction may live, in milliseconds. */
export const transactionTimeoutMs = 10_000;

/** Creates the Prisma client over a driver; it connects with its first statement. */
export function createPrismaClient(factory: SqlDriverAdapterFactory): PrismaClient {
  return new PrismaClient({
    adapter: guardTransactions(factory),
    errorFormat: 'minimal',
    transactionOptions: { maxWait: 5_000, timeout: transactionTimeoutMs },
  });
}
