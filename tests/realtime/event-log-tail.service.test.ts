import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../src/platform/database/connect.ts';
import type { Database, PostgresSettings } from '../../src/platform/database/database.ts';
import { appendEvents } from '../../src/platform/event-log/append.ts';
import { createTail } from '../../src/platform/event-log/tail.ts';
import { captureLog } from '../support/captured-log.ts';
import { appendNamed, gather, namedEvents, openTransaction } from '../support/event-log.ts';
import { openTestDatabase } from '../support/migrated-database.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

describe('the tails of several instances on one PostgreSQL database', () => {
  let database: Database;
  let settings: PostgresSettings;
  let resources: AsyncDisposableStack;
  beforeAll(async () => {
    database = await openTestDatabase();
    if (database.driver.kind !== 'postgres') throw new Error('This test needs PostgreSQL.');
    settings = database.driver.settings;
  });
  afterAll(() => database.close());
  beforeEach(() => {
    resources = new AsyncDisposableStack();
  });
  afterEach(() => resources.disposeAsync());

  /** Starts what a process of its own would hold: connections and a tail. */
  async function startInstance(url = settings.url) {
    const { log, lines, line } = captureLog();
    const opened = await openDatabase({ ...settings, url, directUrl: url }, log);
    resources.defer(() => opened.close());
    const tail = createTail({ database: opened, log });
    resources.defer(() => tail.close());
    await tail.start();
    return { database: opened, tail, delivered: gather(tail), lines, line };
  }
  /** Gathers the notices that instances send one another. */
  async function gatherNotices() {
    const notices: string[] = [];
    const arrived = new EventTarget();
    const onNotice = (sender: string) => {
      notices.push(sender);
      arrived.dispatchEvent(new Event(sender));
    };
    const listener = await database.listen('latchkey_events', onNotice, () => undefined);
    resources.defer(() => listener.close());
    return { notices, arrived };
  }

  it('deliver the same events in the same order wherever these were committed', async () => {
    const [one, two] = [await startInstance(), await startInstance()];
    for (const name of ['a', 'b', 'c', 'd']) {
      const committing = name < 'c' ? one : two;
      await appendNamed(committing.database, name);
      committing.tail.wake();
    }
    await Promise.all([one.delivered.event('d'), two.delivered.event('d')]);
    expect(one.delivered.names).toEqual(['a', 'b', 'c', 'd']);
    expect(two.delivered.names).toEqual(['a', 'b', 'c', 'd']);
    expect(one.tail.position()).toEqual(two.tail.position());
  });

  it('are woken by a notice, not only by looking now and then', async () => {
    const [writing, reading] = [await startInstance(), await startInstance()];
    // From here on nobody looks by themselves.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      for (let n = 0; n < 40; n += 1) {
        await appendNamed(writing.database, `event ${n}`);
        writing.tail.wake();
        await reading.delivered.event(`event ${n}`);
      }
    } finally {
      vi.useRealTimers();
    }
    expect(reading.delivered.names).toHaveLength(40);
  });

  it('send one another one notice for many commits', async () => {
    const instance = await startInstance();
    const { notices, arrived } = await gatherNotices();
    const last = Promise.withResolvers<void>();
    arrived.addEventListener('last', () => last.resolve());

    for (let commits = 0; commits < 1000; commits += 1) instance.tail.wake();
    await instance.tail.close();
    await database.notify('latchkey_events', 'last');
    await last.promise;

    const woken = notices.slice(0, -1);
    expect(woken.length).toBeGreaterThanOrEqual(1);
    expect(woken.length).toBeLessThanOrEqual(2);
    expect(new Set(woken).size).toBe(1);
  });

  it('find by themselves what was committed by an instance that died before its notice', async () => {
    const instance = await startInstance();
    await appendNamed(database, 'unannounced');
    await instance.delivered.event('unannounced');
    expect(instance.delivered.names).toEqual(['unannounced']);
  });

  it('wait for a slower transaction and then deliver it first', async () => {
    const instance = await startInstance();
    const slow = await openTransaction(database);
    await appendEvents(slow.transaction, namedEvents('slow'));
    await appendNamed(database, 'fast');
    instance.tail.wake();
    await slow.commit();
    await instance.delivered.event('fast');
    expect(instance.delivered.names).toEqual(['slow', 'fast']);
  });

  it('start at the last final row while a slower transaction is open', async () => {
    const slow = await openTransaction(database);
    await appendEvents(slow.transaction, namedEvents('slow'));
    await appendNamed(database, 'fast');
    const instance = await startInstance();
    await slow.commit();
    await instance.delivered.event('fast');
    expect(instance.delivered.names).toEqual(['slow', 'fast']);
  });

  it('go on where they were after the database was out of reach, with one warning', async () => {
    const { hostname, port } = new URL(settings.url);
    const proxy = await startTcpProxy(hostname, Number(port || 5432));
    resources.defer(() => proxy.close());
    const throughProxy = new URL(settings.url);
    throughProxy.host = `127.0.0.1:${proxy.port}`;
    const instance = await startInstance(throughProxy.href);
    await appendNamed(database, 'before');
    await instance.delivered.event('before');

    await proxy.cut();
    await appendNamed(database, 'meanwhile');
    const warning = await instance.line('The event log cannot be read; trying on.');
    await proxy.restore();
    await appendNamed(database, 'after');
    await instance.delivered.event('after');

    expect(instance.delivered.names).toEqual(['before', 'meanwhile', 'after']);
    expect(instance.lines.filter(({ msg }) => msg === warning.msg)).toHaveLength(1);
    await instance.line('The event log can be read again.');
  });
});
