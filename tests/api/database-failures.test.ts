import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Prisma } from '../../src/generated/prisma/client.ts';
import type { Database } from '../../src/platform/database/database.ts';
import {
  isMissingRow,
  isUnavailable,
  isUniqueViolation,
} from '../../src/platform/database/failures.ts';
import { openTestDatabase } from '../support/migrated-database.ts';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
  await database.prisma.role.create({ data: role });
});
afterAll(() => database.close());

const role: Prisma.RoleCreateInput = { key: 'editor', permissions: [] };

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => expect.fail('The statement succeeded.'),
    (error: unknown) => error,
  );
}

describe('a value that another row has', () => {
  it('is recognised by the name of the constraint', async () => {
    const error = await failureOf(database.prisma.role.create({ data: role }));
    expect(isUniqueViolation(error, 'role_key_key')).toBe(true);
    expect(isUniqueViolation(error, 'role_key')).toBe(false);
    expect(isUniqueViolation(error, 'user_email_key')).toBe(false);
    expect(isUnavailable(error)).toBe(false);
    expect(isMissingRow(error)).toBe(false);
  });

  it('is recognised inside a transaction and in SQL of our own', async () => {
    const inTransaction = database.prisma.$transaction((tx) => tx.role.create({ data: role }));
    const inSql = database.prisma.$executeRaw`
      INSERT INTO role (id, key) VALUES (gen_random_uuid(), 'editor')`;
    expect(isUniqueViolation(await failureOf(inTransaction), 'role_key_key')).toBe(true);
    expect(isUniqueViolation(await failureOf(inSql), 'role_key_key')).toBe(true);
  });

  it('is recognised where the constraint spans several columns', async () => {
    const { prisma } = database;
    const user = await prisma.user.create({
      data: { email: 'ada@example.com', displayName: 'Ada' },
    });
    const { id: roleId } = await prisma.role.findUniqueOrThrow({ where: { key: 'editor' } });
    await prisma.userRole.create({ data: { userId: user.id, roleId } });
    const error = await failureOf(prisma.userRole.create({ data: { userId: user.id, roleId } }));
    expect(isUniqueViolation(error, 'user_role_pkey')).toBe(true);
  });
});

describe('a row that is not there', () => {
  it('is recognised in an update and in a delete', async () => {
    const where = { key: 'nobody' };
    const update = database.prisma.role.update({ where, data: { description: '' } });
    const removal = database.prisma.role.delete({ where });
    for (const error of [await failureOf(update), await failureOf(removal)]) {
      expect(isMissingRow(error)).toBe(true);
      expect(isUnavailable(error)).toBe(false);
      expect(isUniqueViolation(error, 'role_key_key')).toBe(false);
    }
  });
});

describe('a database that cannot serve', () => {
  it('is recognised once it is closed', async () => {
    const closed = await openTestDatabase();
    await closed.close();
    const failures = [
      closed.prisma.role.count(),
      closed.prisma.$transaction((tx) => tx.role.count()),
      closed.prisma.$queryRaw`SELECT 1`,
      closed.ping(),
    ];
    for (const error of await Promise.all(failures.map(failureOf))) {
      expect(isUnavailable(error)).toBe(true);
    }
  });

  it('is recognised when a transaction does not end in time', async () => {
    const { prisma } = database;
    const endless = prisma.$transaction(
      async (tx) => {
        for (;;) {
          await tx.role.count();
          await nextTurn();
        }
      },
      { timeout: 50 },
    );
    expect(isUnavailable(await failureOf(endless))).toBe(true);
    await expect(prisma.role.count()).resolves.toBe(1);
  });

  it.each([undefined, null, 'P1001', new Error('PGlite'), { code: 7 }, new SyntaxError('x')])(
    'is not taken from %s',
    (error) => {
      expect(isUnavailable(error)).toBe(false);
      expect(isMissingRow(error)).toBe(false);
      expect(isUniqueViolation(error, 'role_key_key')).toBe(false);
    },
  );
});
