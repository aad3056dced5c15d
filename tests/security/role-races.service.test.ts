import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { ConflictError, ValidationError } from '../../src/platform/errors.ts';
import { assignRoles } from '../support/change-roles.ts';
import { aRole } from '../support/hostile-roles.ts';
import { type Person, signUp, signUpAdmin } from '../support/people.ts';
import { untilWaiting } from '../support/race.ts';
import { createRandom } from '../support/random.ts';
import { createRole, deleteRole, placeRole, updateRole } from '../support/roles.ts';
import { useTestApp } from '../support/test-app.ts';

const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);
const random = createRandom(seed);
const rounds = 10;

describe(`what changes roles at the same moment (TEST_SEED=${seed})`, { timeout: 60_000 }, () => {
  const testApp = useTestApp();
  let root: Person;
  let other: Person;
  beforeEach(async () => {
    if (testApp.database.driver.kind !== 'postgres') throw new Error('It needs PostgreSQL.');
    root = await signUpAdmin(testApp);
    other = await signUpAdmin(testApp);
  });

  /** Has several begin in any order, holds them up at the roles, and lets them go on at once. */
  const race = async <Answer>(...works: (() => Promise<Answer>)[]): Promise<Answer[]> => {
    const { prisma } = testApp.database;
    let running: Promise<Answer[]> | undefined;
    await prisma.$transaction(async (transaction) => {
      await transaction.$executeRaw`LOCK TABLE role IN EXCLUSIVE MODE`;
      const run = async (work: () => Promise<Answer>) => {
        await setTimeout(Math.floor(random() * 10));
        return await work();
      };
      running = Promise.all(works.map(run));
      running.catch(() => {});
      await untilWaiting(testApp, (waiting) => waiting >= works.length);
    });
    if (running === undefined) throw new Error('They did not begin.');
    return await running;
  };

  /** Answers how a change of somebody's roles ended. */
  const assign = (person: Person, keys: string[], granted?: Parameters<typeof assignRoles>[3]) =>
    assignRoles(testApp, person, keys, granted).then(
      () => 'done',
      (error: unknown) => {
        if (error instanceof ConflictError || error instanceof ValidationError) return error.name;
        throw error;
      },
    );
  const keysOf = async ({ userId }: Person) => {
    const select = { role: { select: { key: true } } } as const;
    const held = await testApp.database.prisma.userRole.findMany({ where: { userId }, select });
    return held.map(({ role }) => role.key);
  };

  it('gives a key to one role, made or renamed', async () => {
    for (let round = 0; round < rounds; round++) {
      const id = await placeRole(testApp, `other-${round}`, []);
      const input = { ...aRole, key: `same-${round}` };
      const answers = await race(
        async () => (await createRole(testApp, root, input))?.__typename,
        async () => (await createRole(testApp, other, input))?.__typename,
        async () => (await updateRole(testApp, other, id, input))?.__typename,
      );
      expect(answers.sort()).toEqual(['ConflictError', 'ConflictError', 'Role']);
    }
  });

  it('gives a role or refuses it, when it comes to hold more meanwhile', async () => {
    for (let round = 0; round < rounds; round++) {
      const ada = await signUp(testApp);
      const key = `widened-${round}`;
      const id = await placeRole(testApp, key, ['users:read']);
      const input = { key, permissions: ['audit:read', 'users:read'] };
      const granted = new Set(['roles:assign', 'users:read'] as const);
      const [given, changed] = await race(
        () => assign(ada, [key], granted),
        async () => String((await updateRole(testApp, root, id, input))?.__typename),
      );
      expect(changed).toBe('Role');
      expect(['done', 'ConflictError']).toContain(given);
      expect((await keysOf(ada)).includes(key)).toBe(given === 'done');
    }
  });

  it('deletes no role that is given to somebody, nor gives one that is deleted', async () => {
    for (let round = 0; round < rounds; round++) {
      const ada = await signUp(testApp);
      const key = `leaving-${round}`;
      const id = await placeRole(testApp, key, []);
      const [given, deleted] = await race(
        () => assign(ada, [key]),
        async () => String((await deleteRole(testApp, root, id))?.__typename),
      );
      expect([
        ['done', 'ConflictError'],
        ['ValidationError', 'Ack'],
      ]).toContainEqual([given, deleted]);
      expect((await keysOf(ada)).includes(key)).toBe(given === 'done');
    }
  });

  it('leaves one administrator when two are demoted at once', async () => {
    for (let round = 0; round < rounds; round++) {
      await assign(root, ['admin']);
      await assign(other, ['admin']);
      const outcomes = await race(
        () => assign(root, []),
        () => assign(other, []),
      );
      expect(outcomes.sort()).toEqual(['ConflictError', 'done']);
      const admins = [await keysOf(root), await keysOf(other)].filter((keys) =>
        keys.includes('admin'),
      );
      expect(admins).toHaveLength(1);
    }
  });

  it('never waits in a circle, whatever roles are given and taken', async () => {
    const people = [root, other, await signUp(testApp), await signUp(testApp)];
    const keys = ['admin', 'one', 'two'];
    const ids = [await placeRole(testApp, 'one', []), await placeRole(testApp, 'two', [])];
    for (let round = 0; round < rounds; round++) {
      const works = people.map(
        (person) => () =>
          assign(
            person,
            keys.filter(() => random() < 0.5),
          ),
      );
      const changes = ids.map((id, index) => async () => {
        const input = { key: `${keys[index + 1]}`, permissions: [] };
        return String((await updateRole(testApp, root, id, input))?.__typename ?? 'refused');
      });
      await Promise.all([...works, ...changes].map((work) => work().catch(allowRefusal)));
    }
  });
});

/** What is refused since its caller is no administrator any more is of no interest. */
function allowRefusal(error: unknown): void {
  if (String(error).includes('FORBIDDEN')) return;
  throw error;
}
