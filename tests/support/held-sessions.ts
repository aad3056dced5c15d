import { announceAccess } from './access-notices.ts';
import type { TestApp } from './test-app.ts';

/** Keeps operations from getting further than to ask who calls; answers what lets them go on. */
export async function holdSessions(
  testApp: Pick<TestApp, 'database'>,
): Promise<() => Promise<void>> {
  // Else who calls would be known without asking.
  await announceAccess(testApp, 'everybody');
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
  return async () => {
    released.resolve();
    await transaction;
  };
}
