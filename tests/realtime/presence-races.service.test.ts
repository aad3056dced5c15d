import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { lockAccount } from '../../src/modules/user/account.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { openTestDatabase } from '../support/migrated-database.ts';
import { expireLeases, lease, loggedPresences, openKeeper } from '../support/presence.ts';
import { createRandom } from '../support/random.ts';

const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);
const random = createRandom(seed);
const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)];

describe(`instances that tell of the same users (TEST_SEED=${seed})`, { timeout: 120_000 }, () => {
  let database: Database;
  beforeAll(async () => {
    database = await openTestDatabase();
    if (database.driver.kind !== 'postgres') throw new Error('It needs PostgreSQL.');
    return () => database.close();
  });

  /** Comes or goes, of which an instance hears. */
  async function comeOrGo(userId: string, held: Map<string, string>, keeper: Keeper) {
    const instance = held.get(userId);
    held.delete(userId);
    if (instance !== undefined) await expireLeases(database, instance);
    else held.set(userId, await lease(database, userId));
    keeper.note([userId]);
  }
  type Keeper = ReturnType<typeof openKeeper>;

  /** Deletes an account in the order in which the server does. */
  const erase = (userId: string) =>
    database.prisma.$transaction(async (transaction) => {
      await lockAccount(transaction, { userId });
      await transaction.user.delete({ where: { id: userId } });
    });

  it('tell of each change once, wait for nobody in a circle, and are right in the end', async () => {
    const users = Array.from({ length: 30 }, () => randomUUID());
    const [doomed, staying] = [users.slice(0, 10), users.slice(10)];
    await database.prisma.user.createMany({
      data: users.map((id) => ({ id, email: `${id}@example.com`, displayName: 'Somebody' })),
    });
    const keepers = [1, 2, 3].map(() => openKeeper(database));
    const held = new Map<string, string>();
    const about = async (ofUsers: readonly string[]) => {
      for (const userId of ofUsers) {
        for (let times = 2 + Math.floor(random() * 3); times > 0; times--) {
          await comeOrGo(userId, held, pick(keepers) ?? openKeeper(database));
        }
      }
    };
    const looking = keepers.map(async (keeper) => {
      for (let looks = 0; looks < 20; looks++) await keeper.look();
    });
    const deleting = async () => {
      for (const userId of doomed) await erase(userId);
    };
    await Promise.all([about(staying), about(doomed), deleting(), ...looking]);
    await Promise.all(keepers.map((keeper) => keeper.close()));
    for (const _look of [1, 2]) for (const keeper of keepers) await keeper.look();

    const rows = await database.prisma.userPresence.findMany();
    const told = new Map(rows.map((row) => [row.userId, row.told]));
    expect(doomed.filter((userId) => told.has(userId))).toEqual([]);
    const here = staying.filter((userId) => held.has(userId));
    // Of whoever came and went unnoticed there is nothing to tell.
    expect(staying.filter((userId) => told.get(userId) === 'ONLINE')).toEqual(here);
    const logged = await loggedPresences(database);
    for (const userId of staying) {
      const changes = logged.filter((other) => other === userId).length;
      // Whoever is here has come once more than gone.
      expect([userId, changes % 2]).toEqual([userId, here.includes(userId) ? 1 : 0]);
    }
    for (const { logged } of keepers) expect(logged.text()).toBe('');
  });
});
