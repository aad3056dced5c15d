import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSocketAt } from '../support/cluster-connections.ts';
import { followOver, nextOver } from '../support/presence-socket.ts';
import {
  askAs,
  type Cluster,
  type ClusterSession,
  signInAt,
  startCluster,
} from '../support/server-cluster.ts';
import type { ProtocolSocket } from '../support/socket-client.ts';

describe('presence among two servers', { timeout: 120_000 }, () => {
  let cluster: Cluster;
  let ada: ClusterSession;
  let adaId: string;
  let watching: ProtocolSocket;
  beforeAll(async () => {
    cluster = await startCluster();
  }, 120_000);
  afterAll(() => cluster?.close());
  beforeEach(async () => {
    const [first] = cluster.servers;
    const [email = '', other = ''] = await cluster.makeUsers(2);
    ada = await signInAt(first, email);
    adaId = (await askAs(ada.accessToken, first, '{ me { id } }')).data.me.id;
    watching = await openSocketAt(first, (await signInAt(first, other)).accessToken);
    followOver(watching, [adaId], 'ada');
    expect((await nextOver(watching, 'ada')).status).toBe('OFFLINE');
    return () => watching.close();
  });
  const nextStatus = async () => (await nextOver(watching, 'ada')).status;
  /** Lets what a server that was killed has leased to Ada run out now. */
  const expire = () =>
    cluster.query(
      `UPDATE connection_lease SET expires_at = statement_timestamp()
       WHERE user_id = $1 AND connections > 0`,
      [Buffer.from(adaId, 'base64').toString().replace('User:', '')],
    );

  it('is told at one what happens at the other', async () => {
    const [first, second] = cluster.servers;
    const socket = await openSocketAt(second, ada.accessToken);
    expect(await nextStatus()).toBe('ONLINE');
    for (const [server, status] of [
      [first, 'AWAY'],
      [second, 'OFFLINE'],
      [first, 'ONLINE'],
    ] as const) {
      const set = `mutation { setPresence(status: ${status}) { __typename } }`;
      await askAs(ada.accessToken, server, set);
      expect(await nextStatus()).toBe(status);
    }
    socket.close();
    await socket.closed;
    expect(await nextStatus()).toBe('OFFLINE');
  });

  it('ends with the leases of a server that is killed', async () => {
    const [, second] = cluster.servers;
    const socket = await openSocketAt(second, ada.accessToken);
    expect(await nextStatus()).toBe('ONLINE');
    await second.kill();
    await socket.closed;
    await expire();
    expect(await nextStatus()).toBe('OFFLINE');
  });
});
