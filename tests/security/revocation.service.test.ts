import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  askAs,
  type Cluster,
  type ClusterServer,
  type ClusterSession,
  signInAt,
  startCluster,
} from '../support/server-cluster.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

// Long before it would find out by itself, which takes 5 seconds.
const soon = { interval: 10, timeout: 2_500 };
const eventually = { interval: 50, timeout: 20_000 };

const isSignedIn = async (server: ClusterServer, { accessToken }: ClusterSession) =>
  (await askAs(accessToken, server, '{ me { id } }')).status === 200;
const isRefused = async (server: ClusterServer, { accessToken }: ClusterSession) =>
  (await askAs(accessToken, server, '{ me { id } }')).status === 401;

/** Says by which session another one is ended, and how. */
type Ending = (own: ClusterSession, phone: ClusterSession) => [by: ClusterSession, how: string];

const revokeOne: Ending = (own, phone) => [own, `revokeSession(id: "${phone.id}")`];
const endings: [string, Ending][] = [
  ['signOut', (_own, phone) => [phone, 'signOut']],
  ['signOut everywhere', (own) => [own, 'signOut(everywhere: true)']],
  ['revokeSession', revokeOne],
  ['revokeOtherSessions', (own) => [own, 'revokeOtherSessions']],
];

let cluster: Cluster;
let proxy: TcpProxy;
let ada: string;
beforeAll(async () => {
  cluster = await startCluster({}, async ({ url }) => {
    const direct = new URL(url);
    proxy = await startTcpProxy(direct.hostname, Number(direct.port || 5432));
    direct.host = `127.0.0.1:${proxy.port}`;
    return { DATABASE_DIRECT_URL: direct.href };
  });
}, 60_000);
beforeEach(async () => {
  [ada = ''] = await cluster.makeUsers(1);
});
afterAll(async () => {
  await cluster?.close();
  await proxy?.close();
});

/** Starts two sessions that the second server knows of, and ends one by way of the first. */
async function endAtFirst(choose: Ending, before: () => Promise<void> | void = () => {}) {
  const [first, second] = cluster.servers;
  const [own, phone] = [await signInAt(first, ada), await signInAt(first, ada)];
  expect(await isSignedIn(second, own)).toBe(true);
  expect(await isSignedIn(second, phone)).toBe(true);
  await before();
  const [{ accessToken }, mutation] = choose(own, phone);
  const { data } = await askAs(accessToken, first, `mutation { it: ${mutation} { __typename } }`);
  expect(data).toEqual({ it: { __typename: 'RevokedSessions' } });
  // Where it was ended, the very next request is refused.
  expect(await isRefused(first, phone)).toBe(true);
  return { second, own, phone };
}

describe('a session that is ended at one server', () => {
  it.each(endings)('is refused by another soon: %s', async (_name, choose) => {
    const { second, phone } = await endAtFirst(choose);
    await vi.waitUntil(() => isRefused(second, phone), soon);
  });

  it.each([
    ['is cut', () => proxy.cut()],
    ['has fallen silent', () => proxy.stall()],
  ])(
    'is refused by another that hears of nothing, since the connection %s',
    async (_how, interrupt) => {
      const { second, own, phone } = await endAtFirst(revokeOne, interrupt);
      await vi.waitUntil(() => isRefused(second, phone), eventually);
      expect(await isSignedIn(second, own)).toBe(true);
      await proxy.restore();
    },
    30_000,
  );
});
