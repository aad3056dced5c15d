import { announceAccess } from './access-notices.ts';
import type { TestApp } from './test-app.ts';

/** Keeps operations from getting further than to ask who calls; answers what lets them go on. */
export async function holdSessions(
  testApp: Pick<TestApp, 'database'>,
): Promise<() => Promise<void>> {
  // Else who calls would be known without asking. The embedded database does one thing at a time; on
  // another, those who hold sockets would be asked for before the lock.
  const forget = () => announceAccess(testApp, 'everybody');
  const isEmbedded = testApp.database.driver.kind === 'embedded';
  if (isEmbedded) await forget();
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const transaction = testApp.database.prisma.$transaction(
    async (client) => {
      await client.$executeRaw`LOCK TABLE session IN ACCESS EXCLUSIVE MODE`;
      held.resolve();
      await released.promise;
    },
    { timeout: 20_000 },
  );
  await held.promise;
  if (!isEmbedded) await forget();
  return async () => {
    released.resolve();
    await transaction;
  };
}
