import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSocketAt, openStreamAt } from '../support/cluster-connections.ts';
import { type Cluster, signInAt, startCluster } from '../support/server-cluster.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

let cluster: Cluster;
let proxy: TcpProxy;
beforeAll(async () => {
  cluster = await startCluster({}, async ({ url }) => {
    const database = new URL(url);
    proxy = await startTcpProxy(database.hostname, Number(database.port || 5432));
    database.host = `127.0.0.1:${proxy.port}`;
    return { DATABASE_URL: database.href };
  });
}, 60_000);
afterAll(async () => {
  await proxy?.close();
  await cluster?.close();
});

it('connections are given up, to come back, when the database cannot tell who holds them', async () => {
  const [first, second] = cluster.servers;
  const { accessToken } = await signInAt(first, 'root@example.org');
  const socket = await openSocketAt(second, accessToken);
  const stream = await openStreamAt(second, accessToken, 'subscription { events { __typename } }');
  await stream.nextData();
  await proxy.cut();
  expect(await socket.closed).toEqual({ code: 1013, reason: 'Try Again Later' });
  // Not by an end, which clients take for the last word.
  await expect(stream.next()).rejects.toThrow('terminated');
  await proxy.restore();
}, 60_000);
