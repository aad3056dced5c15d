import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/platform/database/connect.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { captureLog } from '../support/captured-log.ts';
import { openTestDatabase } from '../support/migrated-database.ts';
import { type Person, signUp } from '../support/people.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { followUser, followUserOn, readItem, rename } from '../support/user-stream.ts';

describe('userChanged of two servers on one PostgreSQL database', () => {
  const resources = new AsyncDisposableStack();
  let one: TestApp;
  let other: TestApp;
  let ada: Person;
  beforeAll(async () => {
    const database = resources.adopt(await openTestDatabase(), (opened) => opened.close());
    one = await startServer(database);
    // Before there is another that could send the mail.
    ada = await signUp(one, 'Ada');
    other = await startServer(database);
  });
  afterAll(() => resources.disposeAsync());

  async function startServer({ driver }: Database): Promise<TestApp> {
    if (driver.kind !== 'postgres') throw new Error('This test needs PostgreSQL.');
    const connect = () => openDatabase(driver.settings, captureLog().log);
    return resources.adopt(await startTestApp({}, connect), (server) => server.stop());
  }

  it('tells at one of what is changed at the other', async () => {
    const stream = await followUserOn(other, ada.id, ada);
    expect((await readItem(stream)).says).toBe('caught up');
    await rename(one, ada, 'Augusta');
    expect((await readItem(stream)).says).toBe('UPDATED');
    await stream.leave();
  });

  it('goes on at one from the cursor of the other, with nothing lost and nothing twice', async () => {
    const stream = await followUserOn(one, ada.id, ada);
    const begin = (await readItem(stream)).cursor;
    await stream.leave();

    const told: string[] = [];
    for (const [reading, writing] of [
      [other, one],
      [one, other],
      [other, one],
    ] as const) {
      await rename(writing, ada, 'Before');
      const resumed = await followUser(reading, ada.id, ada, told.at(-1) ?? begin);
      await rename(writing, ada, 'Meanwhile');
      await rename(reading, ada, 'Here');
      for (let items = 0; items < 4; items += 1) {
        const { says, cursor } = await readItem(resumed);
        if (says !== 'caught up') told.push(cursor);
      }
      await resumed.leave();
    }
    const replay = await followUser(one, ada.id, ada, begin);
    const logged: string[] = [];
    // What this one has not heard of yet comes after it has caught up.
    while (logged.length < told.length) {
      const { says, cursor } = await readItem(replay);
      if (says !== 'caught up') logged.push(cursor);
    }
    await replay.leave();
    expect(told).toEqual(logged);
    expect(told).toHaveLength(9);
  });
});
