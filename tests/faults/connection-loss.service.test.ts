import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Database, PostgresSettings } from '../../src/platform/database/database.ts';
import { isUnavailable } from '../../src/platform/database/failures.ts';
import { migrateDatabase } from '../../src/platform/database/migrate.ts';
import { clientConfig, openPostgres } from '../../src/platform/database/postgres.ts';
import { createPostgresListener } from '../../src/platform/database/postgres-listener.ts';
import { createLog } from '../../src/platform/log.ts';
import { createScratchDatabase, type ScratchDatabase } from '../support/postgres-server.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const log = createLog({ level: 'silent', format: 'json' });
let scratch: ScratchDatabase;
let proxy: TcpProxy;
let settings: PostgresSettings;
let database: Database;

beforeEach(async () => {
  scratch = await createScratchDatabase();
  const server = new URL(scratch.url);
  proxy = await startTcpProxy(server.hostname, Number(server.port || 5432));
  const throughProxy = new URL(scratch.url);
  throughProxy.host = `127.0.0.1:${proxy.port}`;
  settings = {
    ...scratch.settings,
    url: throughProxy.href,
    directUrl: throughProxy.href,
    poolSize: 2,
    connectTimeoutMs: 500,
    statementTimeoutMs: 500,
  };
  database = openPostgres(settings, log);
  await migrateDatabase(database, log);
});
afterEach(async () => {
  await database.close();
  await proxy.close();
  await scratch.drop();
});

async function terminateConnections(): Promise<void> {
  await scratch.administer(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${scratch.name}'`,
  );
}

async function expectUnavailable(work: Promise<unknown>): Promise<void> {
  const error = await work.then(
    () => expect.fail('The statement succeeded.'),
    (reason: unknown) => reason,
  );
  expect(isUnavailable(error), String(error)).toBe(true);
}

/** Starts a transaction that goes on once `interrupt` has broken its connection. */
function interruptedTransaction(interrupt: () => Promise<void>, statementAfter: boolean) {
  return database.prisma.$transaction(async (tx) => {
    await tx.role.create({ data: { key: 'lost' } });
    await interrupt();
    if (statementAfter) await tx.role.count();
  });
}

describe('a server that goes away', () => {
  it('fails every kind of call cleanly, and serves again by itself when it is back', async () => {
    const { prisma } = database;
    await Promise.all([prisma.role.count(), prisma.role.count()]);
    await proxy.cut();
    await expectUnavailable(prisma.role.count());
    await expectUnavailable(prisma.$queryRaw`SELECT 1`);
    await expectUnavailable(prisma.$transaction((tx) => tx.role.count()));
    await expectUnavailable(database.ping());
    await expectUnavailable(database.notify('news', 'lost'));
    await proxy.restore();
    await expect(prisma.role.count()).resolves.toBe(0);
    await expect(database.ping()).resolves.toBeUndefined();
  });

  it('fails the statement that it was answering', async () => {
    const sleeping = database.prisma.$queryRaw`SELECT pg_sleep(0.4)`;
    const failure = expectUnavailable(sleeping);
    await vi.waitUntil(() => scratch.administer(sleeper()).then(({ rowCount }) => rowCount === 1));
    await proxy.cut();
    await failure;
    await proxy.restore();
  });

  it.each([true, false])(
    'rolls back the open transaction (further statement: %s)',
    async (more) => {
      await expectUnavailable(interruptedTransaction(() => proxy.cut(), more));
      await proxy.restore();
      await expect(database.prisma.role.count()).resolves.toBe(0);
    },
  );

  it('fails calls in bounded time while it is silent, and serves again afterwards', async () => {
    await database.ping();
    proxy.stall();
    await Promise.all([
      expectUnavailable(database.ping()),
      expectUnavailable(database.prisma.role.count()),
      expectUnavailable(database.prisma.$transaction((tx) => tx.role.count())),
    ]);
    await proxy.restore();
    await expect(database.prisma.role.count()).resolves.toBe(0);
  });
});

describe('a session that the administrator ends', () => {
  it.each([true, false])('rolls back its transaction (further statement: %s)', async (more) => {
    await expectUnavailable(interruptedTransaction(terminateConnections, more));
    // The pool may hand the dying connection out once more before its end has arrived.
    await vi.waitUntil(() =>
      database.ping().then(
        () => true,
        (error) => !isUnavailable(error),
      ),
    );
    await expect(database.prisma.role.count()).resolves.toBe(0);
  });

  it('is replaced when it was idle', async () => {
    await Promise.all([database.ping(), database.ping()]);
    await terminateConnections();
    await vi.waitFor(() => database.ping());
  });
});

describe('a server that is too busy', () => {
  it('does no harm while it is in use and asks nothing', async () => {
    if (database.driver.kind !== 'postgres') throw new Error('This is about PostgreSQL.');
    const client = await database.driver.pool.connect();
    const ended = new Promise((resolve) => client.once('end', resolve));
    // Unheard, the loss would end the process, which fails the run.
    await terminateConnections();
    await ended;
    client.release(true);
    expect(await database.prisma.role.count()).toBe(0);
  });

  it('fails the statement that runs longer than allowed', async () => {
    await expectUnavailable(database.prisma.$queryRaw`SELECT pg_sleep(3)`);
  });

  it('fails a call that gets no connection in time', async () => {
    const { driver } = database;
    if (driver.kind !== 'postgres') throw new Error('Not PostgreSQL.');
    const held = await Promise.all([driver.pool.connect(), driver.pool.connect()]);
    await expectUnavailable(database.prisma.role.count());
    await expectUnavailable(database.prisma.$transaction((tx) => tx.role.count()));
    for (const client of held) client.release();
    await expect(database.prisma.role.count()).resolves.toBe(0);
  });
});

describe('notifications', () => {
  it.each([
    ['is cut', () => proxy.cut().then(() => proxy.restore())],
    ['is ended by the administrator', terminateConnections],
  ])('go on by themselves after their connection %s', async (_title, interrupt) => {
    const [onNotice, onReconnect, onLost] = [vi.fn(), vi.fn(), vi.fn()];
    const listener = await database.listen('news', onNotice, onReconnect, onLost);
    expect(onReconnect).toHaveBeenCalledTimes(1);
    expect(onLost).not.toHaveBeenCalled();
    await interrupt();
    await vi.waitFor(() => expect(onReconnect).toHaveBeenCalledTimes(2), { timeout: 5_000 });
    expect(onLost).toHaveBeenCalledTimes(1);
    await vi.waitFor(() => database.notify('news', 'again'));
    await vi.waitFor(() => expect(onNotice).toHaveBeenCalledWith('again'));
    await listener.close();
  });

  it('start by themselves when the server was away at first', async () => {
    await proxy.cut();
    const [onNotice, onReconnect] = [vi.fn(), vi.fn()];
    await database.listen('news', onNotice, onReconnect);
    expect(onReconnect).not.toHaveBeenCalled();
    await proxy.restore();
    await vi.waitFor(() => expect(onReconnect).toHaveBeenCalledOnce(), { timeout: 5_000 });
    await database.notify('news', 'first');
    await vi.waitFor(() => expect(onNotice).toHaveBeenCalledWith('first'));
  });

  it('notice a connection that no longer answers', async () => {
    const config = clientConfig(settings, settings.directUrl);
    const listener = createPostgresListener(config, log, { intervalMs: 50, deadlineMs: 100 });
    const onReconnect = vi.fn();
    await listener.listen('news', () => undefined, onReconnect);
    proxy.stallOpenConnections();
    await vi.waitFor(() => expect(onReconnect).toHaveBeenCalledTimes(2), { timeout: 5_000 });
    await listener.close();
  });

  it('close at once while the server is away', async () => {
    await database.listen(
      'news',
      () => undefined,
      () => undefined,
    );
    await proxy.cut();
    await database.close();
    database = openPostgres(settings, log);
    await proxy.restore();
  });
});

function sleeper(): string {
  return `SELECT FROM pg_stat_activity
    WHERE datname = '${scratch.name}' AND state = 'active' AND query LIKE '%pg_sleep%'`;
}
