import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tellChoice } from '../../src/modules/presence/presence-transitions.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { emptyTables, openTestDatabase } from '../support/migrated-database.ts';
import { expireLeases, lease, loggedPresences, openKeeper } from '../support/presence.ts';
import { countStatements, type StatementWatch, watchStatements } from '../support/statements.ts';

let database: Database;
let watch: StatementWatch;
beforeAll(async () => {
  database = await openTestDatabase();
  watch = watchStatements(database);
  return () => database.close();
});
beforeEach(() => emptyTables(database));
const keepers = new Set<ReturnType<typeof openKeeper>>();
afterAll(() => Promise.all([...keepers].map((keeper) => keeper.close())));

function startKeeper() {
  const keeper = openKeeper(database);
  keepers.add(keeper);
  return keeper;
}

async function makeUsers(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  await database.prisma.user.createMany({
    data: ids.map((id) => ({ id, email: `${id}@example.com`, displayName: 'Somebody' })),
  });
  return ids;
}

async function makeUser(): Promise<string> {
  const [id = ''] = await makeUsers(1);
  return id;
}

async function leaseAll(userIds: string[]): Promise<string> {
  const instanceId = randomUUID();
  const expiresAt = new Date(Date.now() + 86_400_000);
  await database.prisma.connectionLease.createMany({
    data: userIds.map((userId) => ({
      instanceId,
      sessionId: randomUUID(),
      userId,
      connections: 1,
      expiresAt,
    })),
  });
  return instanceId;
}

const ignored = { audit() {}, emit() {}, enqueue() {}, notify() {} };

const toldOf = async (userId: string) =>
  (await database.prisma.userPresence.findUnique({ where: { userId } }))?.told ?? 'nothing';

/** Notes users, and waits until all of it is told. */
async function note(keeper: ReturnType<typeof openKeeper>, userIds: readonly string[]) {
  keeper.note(userIds);
  await keeper.close();
}

describe('a user who connects', () => {
  it('is told once, however many connections and instances they have', async () => {
    const ada = await makeUser();
    await lease(database, ada);
    await note(startKeeper(), [ada]);
    await lease(database, ada, 3);
    await note(startKeeper(), [ada]);
    await startKeeper().look();
    expect(await toldOf(ada)).toBe('ONLINE');
    expect(await loggedPresences(database)).toEqual([ada]);
  });

  it('is told once by several instances that find them at the same time', async () => {
    const users = await makeUsers(20);
    await leaseAll(users);
    await Promise.all([1, 2, 3, 4].map(() => startKeeper().look()));
    expect((await loggedPresences(database)).sort()).toEqual([...users].sort());
  });

  it('is told by the next look when their own instance did not come to it', async () => {
    const ada = await makeUser();
    await lease(database, ada);
    await startKeeper().look();
    expect(await toldOf(ada)).toBe('ONLINE');
  });

  it('is told as they chose, and not at all when they are to be there unseen', async () => {
    const [ada = '', bob = ''] = await makeUsers(2);
    await database.prisma.userPresence.createMany({
      data: [
        { userId: ada, chosen: 'AWAY' },
        { userId: bob, chosen: 'OFFLINE' },
      ],
    });
    await leaseAll([ada, bob]);
    await note(startKeeper(), [ada, bob]);
    await startKeeper().look();
    expect([await toldOf(ada), await toldOf(bob)]).toEqual(['AWAY', 'OFFLINE']);
    expect(await loggedPresences(database)).toEqual([ada]);
  });

  it('is nobody when the account was deleted meanwhile', async () => {
    const [gone = '', erased] = [await makeUser(), randomUUID()];
    await database.prisma.user.update({ where: { id: gone }, data: { deletedAt: new Date() } });
    await leaseAll([gone, erased]);
    await note(startKeeper(), [gone, erased]);
    await startKeeper().look();
    expect(await database.prisma.userPresence.count()).toBe(0);
    expect(await loggedPresences(database)).toEqual([]);
  });
});

describe('a user whose last connection is gone', () => {
  async function connected() {
    const ada = await makeUser();
    const instance = await lease(database, ada);
    await note(startKeeper(), [ada]);
    return { ada, instance };
  }

  it('is told to be so when two looks have not found them', async () => {
    const { ada, instance } = await connected();
    const keeper = startKeeper();
    await keeper.look();
    await expireLeases(database, instance);
    await keeper.look();
    expect(await toldOf(ada)).toBe('ONLINE');
    await keeper.look();
    expect(await toldOf(ada)).toBe('OFFLINE');
    await keeper.look();
    expect(await loggedPresences(database)).toEqual([ada, ada]);
  });

  it('was never away when they are back by the second look, elsewhere perhaps', async () => {
    const { ada, instance } = await connected();
    const keeper = startKeeper();
    await expireLeases(database, instance);
    await keeper.look();
    await lease(database, ada);
    await keeper.look();
    await keeper.look();
    expect(await toldOf(ada)).toBe('ONLINE');
    expect(await loggedPresences(database)).toEqual([ada]);
  });

  it('has the whole grace again when they were back at this instance in between', async () => {
    const { ada, instance } = await connected();
    const keeper = startKeeper();
    await expireLeases(database, instance);
    await keeper.look();
    keeper.note([ada]);
    await keeper.look();
    expect(await toldOf(ada)).toBe('ONLINE');
    await keeper.look();
    expect(await toldOf(ada)).toBe('OFFLINE');
  });

  it('is still here while another instance has a connection of theirs', async () => {
    const { ada, instance } = await connected();
    const other = await lease(database, ada);
    const keeper = startKeeper();
    for (const killed of [instance, other]) {
      expect(await toldOf(ada)).toBe('ONLINE');
      await expireLeases(database, killed);
      await keeper.look();
      await keeper.look();
    }
    expect(await toldOf(ada)).toBe('OFFLINE');
  });

  it('still says how they want to be seen, until they are told to be gone', async () => {
    const { ada, instance } = await connected();
    const keeper = startKeeper();
    await expireLeases(database, instance);
    await database.prisma.$transaction((transaction) =>
      tellChoice({ ...ignored, transaction }, ada, 'AWAY'),
    );
    expect(await toldOf(ada)).toBe('AWAY');
    await keeper.look();
    await keeper.look();
    await database.prisma.$transaction((transaction) =>
      tellChoice({ ...ignored, transaction }, ada, 'ONLINE'),
    );
    expect(await toldOf(ada)).toBe('OFFLINE');
  });

  it('is told once by several instances that miss them at the same time', async () => {
    const { ada, instance } = await connected();
    await expireLeases(database, instance);
    const all = [1, 2, 3, 4].map(startKeeper);
    for (const _look of [1, 2]) await Promise.all(all.map((keeper) => keeper.look()));
    expect(await loggedPresences(database)).toEqual([ada, ada]);
  });
});

describe('thousands of users who come and go at once', { timeout: 120_000 }, () => {
  const thousands = 3;
  const count = thousands * 1_000;

  it('cost some statements for each thousand, and one where nothing is to be told', async () => {
    const users = await makeUsers(count);
    const instance = await leaseAll(users);
    const keeper = startKeeper();

    const coming = await watch.record(() => note(startKeeper(), users));
    // For each: who is to be told of; new rows, locks, what is told; and the log.
    expect(countStatements(coming.sent).statements).toBeLessThanOrEqual(thousands * 6);
    expect(countStatements(coming.sent).transactions).toBe(thousands);
    expect(await loggedPresences(database)).toHaveLength(count);

    const returning = await watch.record(() => note(startKeeper(), users));
    expect(countStatements(returning.sent)).toEqual({ statements: thousands, transactions: 0 });
    const idle = await watch.record(() => keeper.look());
    expect(countStatements(idle.sent)).toEqual({ statements: 1, transactions: 0 });

    await expireLeases(database, instance);
    await keeper.look();
    const leaving = await watch.record(() => keeper.look());
    expect(countStatements(leaving.sent).statements).toBeLessThanOrEqual(1 + thousands * 4);
    expect(countStatements(leaving.sent).transactions).toBe(thousands);
    expect(await loggedPresences(database)).toHaveLength(2 * count);
    expect(new Set(await loggedPresences(database)).size).toBe(count);
  });
});

describe('a database that fails', () => {
  it('keeps nothing from being told later', async () => {
    const ada = await makeUser();
    await lease(database, ada);
    const keeper = startKeeper();
    const { failed } = await watch.record(() => note(keeper, [ada]), { failing: 1 });
    expect(failed).toContain('connection_lease');
    expect(keeper.logged.text()).toContain('Who is here could not be told.');
    expect(await toldOf(ada)).toBe('nothing');
    await keeper.look();
    expect(await toldOf(ada)).toBe('ONLINE');
  });
});
