import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { userChanged } from '../../src/modules/user/user.events.ts';
import { createUserRows } from '../../src/modules/user/user-rows.ts';
import { serverOrigin } from '../../src/platform/origin.ts';
import { announceAccess } from '../support/access-notices.ts';
import { commitOf } from '../support/change-roles.ts';
import { type Person, signUp } from '../support/people.ts';
import { bodyOf, postGraphql } from '../support/raw-request.ts';
import { type StatementWatch, watchStatements } from '../support/statements.ts';
import { useTestApp } from '../support/test-app.ts';
import { rename } from '../support/user-stream.ts';

const testApp = useTestApp();
let watch: StatementWatch;
beforeAll(() => {
  watch = watchStatements(testApp.database);
});
let ada: Person;
beforeEach(async () => {
  ada = await signUp(testApp, 'Ada');
});

/** Asks for the account that calls; answers its name. */
async function askName(): Promise<unknown> {
  const authorization = `Bearer ${ada.accessToken}`;
  const query = '{ me { displayName email createdAt } }';
  const { data } = bodyOf(await postGraphql(testApp, { query }, { authorization }));
  return Object(data?.me).displayName;
}

/** Changes the name past this instance, and tells nobody. */
const renameElsewhere = (displayName: string) =>
  testApp.database.prisma.user.update({ where: { id: ada.userId }, data: { displayName } });

describe('the account that calls', () => {
  it('is asked for without a statement once it is known', async () => {
    await askName();
    const { sent, result } = await watch.record(askName);
    expect(result).toBe('Ada');
    expect(sent).toEqual([]);
  });

  it('is as it was changed once the change is answered', async () => {
    for (const name of ['Augusta', 'Ada', 'Countess']) {
      await askName();
      await rename(testApp, ada, name);
      expect(await askName()).toBe(name);
    }
  });

  it('is as another instance has changed it, once the log tells', async () => {
    const bob = await signUp(testApp, 'Bob');
    // So that nothing grows old.
    const stopwatch = vi.spyOn(performance, 'now').mockReturnValue(performance.now());
    try {
      await askName();
      await commitOf(testApp)(serverOrigin('elsewhere'), async ({ transaction, emit }) => {
        const where = { id: ada.userId };
        await transaction.user.update({ where, data: { displayName: 'Augusta' } });
        emit(userChanged(ada.userId, 'UPDATED', ['displayName']));
      });
      // The embedded database has no other instance, so its log is read with the next change only.
      await rename(testApp, bob, 'Robert');
      let name: unknown;
      for (let looks = 0; name !== 'Augusta' && looks < 300; looks += 1) {
        await pause(10);
        name = await askName();
      }
      expect(name).toBe('Augusta');
    } finally {
      stopwatch.mockRestore();
    }
  });

  it('is read anew when access has changed, whatever the log says', async () => {
    await askName();
    await renameElsewhere('Augusta');
    await announceAccess(testApp, { userId: ada.userId });
    expect(await askName()).toBe('Augusta');
  });

  it('is loaded along with what it does not hold', async () => {
    const authorization = `Bearer ${ada.accessToken}`;
    await askName();
    const query = '{ me { displayName avatar { url } roles { key } } }';
    const { data } = bodyOf(await postGraphql(testApp, { query }, { authorization }));
    expect(data?.me).toEqual({ displayName: 'Ada', avatar: null, roles: [{ key: 'user' }] });
  });
});

describe('the rows of users', () => {
  it('keep nothing of a reading that was under way when its user was forgotten', async () => {
    const rows = createUserRows(testApp.database);
    const { sent } = await watch.record(async () => {
      const early = rows.get(ada.userId);
      rows.forget(ada.userId);
      await renameElsewhere('Augusta');
      await early;
      expect((await rows.get(ada.userId)).displayName).toBe('Augusta');
    });
    expect(sent.filter((sql) => sql.startsWith('SELECT'))).toHaveLength(2);
  });

  it('are read together by those who ask at once', async () => {
    const rows = createUserRows(testApp.database);
    const ask = () => Promise.all([rows.get(ada.userId), rows.get(ada.userId)]);
    expect((await watch.record(ask)).sent).toHaveLength(1);
  });

  it('are read anew when they are old', async () => {
    const rows = createUserRows(testApp.database, 1);
    await rows.get(ada.userId);
    await renameElsewhere('Augusta');
    await vi.waitFor(async () => expect((await rows.get(ada.userId)).displayName).toBe('Augusta'));
  });

  it('are none of somebody who is not there', async () => {
    const rows = createUserRows(testApp.database);
    for (const _ of [1, 2]) {
      await expect(rows.get('00000000-0000-7000-8000-000000000000')).rejects.toThrow();
    }
  });
});
