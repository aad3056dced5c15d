import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { findFreePort } from '../support/free-port.ts';
import { production } from '../support/production.ts';
import type { ClusterSession } from '../support/server-cluster.ts';
import { entriesOf, openServerYard, type ServerYard } from '../support/server-process.ts';
import { startWorkerServer, type WorkerServer } from '../support/worker-server.ts';

describe('a server of two workers', { timeout: 120_000 }, () => {
  let server: WorkerServer;
  let one: number;
  let other: number;
  let own: ClusterSession;
  beforeEach(async () => {
    server = await startWorkerServer({ SHUTDOWN_GRACE_SECONDS: '20' });
    [one, other] = [await server.pidOf(1), await server.pidOf(2)];
    own = await server.signIn();
  }, 120_000);
  afterEach(() => server?.close());

  it('replaces one that is killed, and the other goes on meanwhile', async () => {
    const phone = await server.signIn();
    const lost = await server.openSocketAt(one, phone.accessToken);
    const kept = await server.openSocketAt(other, own.accessToken);
    const countConnections = async () => {
      const { data } = await kept.askOnce('{ me { sessions { nodes { id liveConnections } } } }');
      const { nodes } = Object(data).me.sessions;
      return nodes.find(({ id }: ClusterSession) => id === phone.id)?.liveConnections;
    };
    while ((await countConnections()) !== 1);

    process.kill(one, 'SIGKILL');
    expect((await lost.closed).code).toBe(1006);
    expect(await kept.askOnce('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
    const ended = await server.supervisor.logged('A worker ended; another one takes its place.');
    expect(ended).toMatchObject({ worker: 1, ended: one, signal: 'SIGKILL' });

    const successor = await server.pidOf(3);
    expect([one, other, server.supervisor.pid]).not.toContain(successor);
    const again = await server.openSocketAt(successor, own.accessToken);
    expect(await kept.askOnce('{ __typename }')).toEqual({ data: { __typename: 'Query' } });

    // What the killed one has leased counts until it runs out, since nobody renews it.
    expect(await countConnections()).toBe(1);
    await server.query(
      `UPDATE connection_lease SET expires_at = statement_timestamp()
       WHERE session_id = $1`,
      [Buffer.from(phone.id, 'base64').toString().replace('Session:', '')],
    );
    expect(await countConnections()).toBe(0);
    for (const socket of [kept, again]) socket.close();
  });

  it.each([
    ['SIGTERM', 'the one that watches over them', () => []],
    ['SIGINT', 'all, as a terminal does', () => [one, other]],
  ] as const)(
    'ends what clients hold open, and exits with 0, at %s to %s',
    async (signal, _, alsoTo) => {
      const sockets = [
        await server.openSocketAt(one, own.accessToken),
        await server.openSocketAt(other, own.accessToken),
      ];
      const query = 'subscription { events { __typename } }';
      for (const socket of sockets) {
        socket.send({ type: 'subscribe', id: 'live', payload: { query } });
        await socket.nextOf('live');
      }
      for (const pid of alsoTo()) process.kill(pid, signal);
      server.supervisor.signal(signal);
      // The code that tells clients to come back.
      for (const { closed } of sockets) expect((await closed).code).toBe(1012);
      expect(await server.supervisor.exited).toBe(0);
      const last = entriesOf(server.supervisor.output).filter(({ msg }) => msg === 'stopped');
      expect(last.map(({ pid }) => pid).sort()).toEqual([one, other, server.supervisor.pid].sort());
      expect([one, other].filter(isThere)).toEqual([]);
    },
  );

  it('leaves no worker behind when the one that watches over them is killed', async () => {
    const socket = await server.openSocketAt(other, own.accessToken);
    server.supervisor.signal('SIGKILL');
    expect((await socket.closed).code).toBe(1012);
    // Its output ends with the last that writes to it.
    expect(await server.supervisor.exited).toBe('SIGKILL');
    const last = entriesOf(server.supervisor.output).filter(({ msg }) => msg === 'stopped');
    expect(last.map(({ pid }) => pid).sort()).toEqual([one, other].sort());
  });

  it('tries to replace one with growing pauses while none can start', async () => {
    const { name, administer } = server.scratch;
    const kept = await server.openSocketAt(other, own.accessToken);
    await administer(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    process.kill(one, 'SIGKILL');
    const pauses: unknown[] = [];
    for (const nth of [1, 2, 3]) {
      const message = 'A worker ended; another one takes its place.';
      pauses.push((await server.supervisor.logged(message, nth)).pauseMs);
    }
    expect(pauses).toEqual([250, 500, 1000]);
    expect(await kept.askOnce('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
    await administer(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    const again = await server.openSocketAt(await server.pidOf(3), own.accessToken);
    for (const socket of [kept, again]) socket.close();
  });

  it('starts one anew that was told to stop by itself', async () => {
    process.kill(other, 'SIGTERM');
    const ended = await server.supervisor.logged('A worker ended; another one takes its place.');
    expect(ended).toMatchObject({ level: 'info', worker: 2, ended: other, code: 0 });
    const socket = await server.openSocketAt(await server.pidOf(3), own.accessToken);
    socket.close();
  });
});

describe('a start with several workers', { timeout: 60_000 }, () => {
  const { EMBEDDED_DATABASE: _, PUBLIC_URL: __, ...settings } = production;
  const nowhere = { DATABASE_URL: 'postgres://latchkey@127.0.0.1:1/latchkey', WORKERS: '2' };
  let yard: ServerYard;
  beforeEach(async () => {
    yard = await openServerYard();
  });
  afterEach(() => yard.close());

  it('on a taken port says so at once, and ends with 1', async () => {
    const PORT = String(await findFreePort());
    const obstacle = createServer().listen(Number(PORT), '127.0.0.1');
    const server = yard.start({ ...settings, ...nowhere, PORT });
    expect(await server.exited).toBe(1);
    obstacle.close();
    const said = entriesOf(server.output).map(({ msg }) => msg);
    expect(said).toEqual([
      `Port ${PORT} of 127.0.0.1 is in use by another process. Stop it, or set PORT to another.`,
    ]);
  });

  it('that fails in the first of them is not repeated, and ends with 1', async () => {
    const server = yard.start({ ...settings, ...nowhere });
    expect(await server.exited).toBe(1);
    expect(entriesOf(server.output)).toMatchObject([
      {
        level: 'fatal',
        worker: 1,
        msg: 'The PostgreSQL server of DATABASE_URL cannot be reached or takes no connection.',
      },
    ]);
  });
});

it('cuts off a worker that hangs when the server stops, and exits with 1', {
  timeout: 120_000,
}, async () => {
  const server = await startWorkerServer({ SHUTDOWN_GRACE_SECONDS: '1' });
  onTestFinished(server.close);
  process.kill(await server.pidOf(2), 'SIGSTOP');
  server.supervisor.signal('SIGTERM');
  // Its output ends with the last that could write to it: none is left.
  expect(await server.supervisor.exited).toBe(1);
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
