import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/platform/database/connect.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { graphql } from '../generated/index.ts';
import { captureLog } from '../support/captured-log.ts';
import { subscribe } from '../support/live-answers.ts';
import { bodiesSeen, broadcast, write } from '../support/messages.ts';
import { openTestDatabase } from '../support/migrated-database.ts';
import { type Person, signUp, signUpAdmin } from '../support/people.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

const Incoming = graphql(`
  subscription IncomingAtTwoServers($channel: String) { messageReceived(channel: $channel) { body } }
`);

describe('messages of two servers on one PostgreSQL database', () => {
  const resources = new AsyncDisposableStack();
  let one: TestApp;
  let other: TestApp;
  let admin: Person;
  let ada: Person;
  let bob: Person;
  beforeAll(async () => {
    const database = resources.adopt(await openTestDatabase(), (opened) => opened.close());
    one = await startServer(database);
    // Before there is another that could send the mails.
    [admin, ada, bob] = [
      await signUpAdmin(one),
      await signUp(one, 'Ada'),
      await signUp(one, 'Bob'),
    ];
    other = await startServer(database);
  });
  afterAll(() => resources.disposeAsync());

  async function startServer({ driver }: Database): Promise<TestApp> {
    if (driver.kind !== 'postgres') throw new Error('This test needs PostgreSQL.');
    const connect = () => openDatabase(driver.settings, captureLog().log);
    return resources.adopt(await startTestApp({}, connect), (server) => server.stop());
  }

  it('are told at each of them, wherever they were sent, in one order', async () => {
    const streams = [
      await subscribe(one, Incoming, {}, bob),
      await subscribe(other, Incoming, {}, bob),
    ];
    const sent = Array.from({ length: 10 }, (_, number) => `${number}`);
    for (const body of sent) await write(Number(body) % 2 === 0 ? one : other, ada, bob, body);
    for (const stream of streams) {
      const told: string[] = [];
      while (told.length < sent.length) told.push((await stream.nextData()).messageReceived.body);
      expect(told).toEqual(sent);
      await stream.leave();
    }
    expect((await bodiesSeen(other, bob)).toSorted()).toEqual(sent);
  });

  it('to a channel are told at each of them', async () => {
    const streams = [
      await subscribe(one, Incoming, { channel: 'broadcast' }, ada),
      await subscribe(other, Incoming, { channel: 'broadcast' }, bob),
    ];
    await broadcast(one, admin, { channel: 'broadcast', body: 'To all' });
    for (const stream of streams) {
      expect(await stream.nextData()).toEqual({ messageReceived: { body: 'To all' } });
      await stream.leave();
    }
  });
});
