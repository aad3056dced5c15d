import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClusterSession } from '../support/server-cluster.ts';
import { entriesOf } from '../support/server-process.ts';
import { startWorkerServer, type WorkerServer } from '../support/worker-server.ts';

/** Long before a worker would find out by itself, which takes 5 seconds. */
const soon = { interval: 10, timeout: 2_500 };

let server: WorkerServer;
let one: number;
let other: number;
let own: ClusterSession;
beforeAll(async () => {
  server = await startWorkerServer();
  [one, other] = [await server.pidOf(1), await server.pidOf(2)];
}, 120_000);
afterAll(() => server?.close());
beforeEach(async () => {
  own = await server.signIn();
});

describe('two workers of a server', { timeout: 60_000 }, () => {
  it('answer at one port, and neither is the process that was started', async () => {
    for (const pid of [one, other]) {
      const connection = await server.connectTo(pid);
      const { status, body } = await connection.ask('{ me { email } }', own.accessToken);
      expect([status, body]).toEqual([200, { data: { me: { email: 'root@example.org' } } }]);
      connection.close();
    }
    expect(new Set([server.supervisor.pid, one, other]).size).toBe(3);
  });

  it('say in each line of the log which of them it is from', async () => {
    const entries = entriesOf(server.supervisor.output);
    expect(new Set(entries.map(({ worker, pid }) => `${worker} is ${pid}`))).toEqual(
      new Set([`1 is ${one}`, `2 is ${other}`]),
    );
  });

  it('make ready once what is there once', async () => {
    const said = entriesOf(server.supervisor.output).map(({ msg }) => msg);
    expect(said.filter((msg) => msg === 'The first administrator was created.')).toHaveLength(1);
    expect(await server.query('SELECT id FROM signing_key')).toHaveLength(1);
  });

  it('tell a subscriber of one what is changed by way of the other', async () => {
    const reading = await server.openSocketAt(one, own.accessToken);
    const writing = await server.openSocketAt(other, own.accessToken);
    const { data } = await writing.askOnce('{ me { id } }');
    const query = 'subscription ($id: ID!) { userChanged(id: $id) { __typename } }';
    const variables = { id: Object(data).me.id };
    reading.send({ type: 'subscribe', id: 'change', payload: { query, variables } });
    const next = async () =>
      Object((await reading.nextOf('change')).payload).data?.userChanged.__typename;
    expect(await next()).toBe('StreamCaughtUp');
    await writing.askOnce(
      'mutation { updateProfile(input: { displayName: "Grace" }) { __typename } }',
    );
    expect(await next()).toBe('EventEnvelope');
    for (const socket of [reading, writing]) socket.close();
  });

  it('refuse a session that was ended by way of either, and close its sockets', async () => {
    const connections = [await server.connectTo(one), await server.connectTo(other)];
    for (const ending of connections) {
      const phone = await server.signIn();
      const sockets = [
        await server.openSocketAt(one, phone.accessToken),
        await server.openSocketAt(other, phone.accessToken),
      ];
      const statuses = () =>
        Promise.all(
          connections.map(
            async ({ ask }) => (await ask('{ me { id } }', phone.accessToken)).status,
          ),
        );
      expect(await statuses()).toEqual([200, 200]);
      const revoke = `mutation { revokeSession(id: "${phone.id}") { __typename } }`;
      await ending.ask(revoke, own.accessToken);
      await vi.waitUntil(async () => (await statuses()).every((status) => status === 401), soon);
      for (const { closed } of sockets) expect((await closed).code).toBe(4401);
    }
    for (const connection of connections) connection.close();
  });

  it('leave all jobs to one of them', async () => {
    const connection = await server.connectTo(other);
    // The mail server of the tests takes none.
    await connection.ask(
      'mutation { requestSignInCode(input: { email: "root@example.org" }) { __typename } }',
    );
    const failed = await server.supervisor.logged('A job failed; it will be tried again.');
    expect(failed).toMatchObject({ job: 'mail', worker: 1, pid: one });
    connection.close();
  });
});
