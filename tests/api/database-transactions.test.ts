import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database/database.ts';
import { emptyTables, openTestDatabase } from '../support/migrated-database.ts';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
beforeEach(async () => {
  await emptyTables(database);
  await database.prisma.role.deleteMany();
});
afterAll(() => database.close());

it('reports a COMMIT that fails', async () => {
  const { prisma } = database;
  await prisma.$executeRaw`
    CREATE TABLE chain (id int PRIMARY KEY, parent int REFERENCES chain DEFERRABLE INITIALLY DEFERRED)`;
  const orphan = prisma.$transaction((tx) => tx.$executeRaw`INSERT INTO chain VALUES (1, 2)`);
  await expect(orphan).rejects.toMatchObject({ cause: { originalCode: '23503' } });
  await expect(prisma.$queryRaw`SELECT * FROM chain`).resolves.toEqual([]);
  await prisma.$executeRaw`DROP TABLE chain`;
});

it('does not take a transaction for committed in which a failed statement was ignored', async () => {
  const { prisma } = database;
  const careless = prisma.$transaction(async (tx) => {
    await tx.role.create({ data: { key: 'a' } });
    await tx.$executeRaw`SELECT 1 / 0`.catch(() => undefined);
    return 'done';
  });
  await expect(careless).rejects.toThrow('current transaction is aborted');
  await expect(prisma.role.count()).resolves.toBe(0);
  await expect(Promise.all([1, 2, 3].map(() => prisma.role.count()))).resolves.toEqual([0, 0, 0]);
});

it('commits after a failed statement that was undone to a savepoint', async () => {
  const { prisma } = database;
  await prisma.$transaction(async (tx) => {
    await tx.role.create({ data: { key: 'a' } });
    await tx.$executeRaw`SAVEPOINT before_fault`;
    await tx.$executeRaw`SELECT 1 / 0`.catch(() => undefined);
    await tx.$executeRaw`ROLLBACK TO SAVEPOINT before_fault`;
  });
  await expect(prisma.role.count()).resolves.toBe(1);
});

it('rolls back what a transaction wrote before it threw', async () => {
  const { prisma } = database;
  const failing = prisma.$transaction(async (tx) => {
    await tx.role.create({ data: { key: 'a' } });
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  await expect(prisma.role.count()).resolves.toBe(0);
});

it('runs a transaction at the isolation level that was asked for', async () => {
  const level = await database.prisma.$transaction(
    (tx) => tx.$queryRaw`SHOW transaction_isolation`,
    {
      isolationLevel: 'Serializable',
    },
  );
  expect(level).toEqual([{ transaction_isolation: 'serializable' }]);
});

it('serves fifty transactions at once', async () => {
  const { prisma } = database;
  const keys = Array.from({ length: 50 }, (_, index) => `role-${index}`);
  await Promise.all(
    keys.map((key) =>
      prisma.$transaction(async (tx) => {
        await tx.role.create({ data: { key } });
        await tx.role.count();
      }),
    ),
  );
  await expect(prisma.role.count()).resolves.toBe(50);
});

it('stores and reads moments in UTC', async () => {
  const { prisma } = database;
  const moment = new Date('2026-07-01T12:00:00.123Z');
  const { id } = await prisma.user.create({
    data: { email: 'ada@example.com', displayName: 'Ada', createdAt: moment },
  });
  const [stored] = await prisma.$queryRaw<{ epoch: number }[]>`
    SELECT extract(epoch FROM created_at)::float8 AS epoch FROM "user"`;
  expect(stored?.epoch).toBe(moment.getTime() / 1000);
  await expect(prisma.user.findUnique({ where: { id } })).resolves.toMatchObject({
    createdAt: moment,
  });
});
