import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSocketAt, openStreamAt } from '../support/cluster-connections.ts';
import {
  askAs,
  type Cluster,
  type ClusterSession,
  signInAt,
  startCluster,
} from '../support/server-cluster.ts';
import { codesIn, type ProtocolSocket } from '../support/socket-client.ts';

const password = 'a password of good length';
const newPassword = 'another password of good length';

let cluster: Cluster;
let root: ClusterSession;
let ada: string;
let own: ClusterSession;
let phone: ClusterSession;
let adaId: string;
beforeAll(async () => {
  cluster = await startCluster();
  root = await signInAt(cluster.servers[0], 'root@example.org');
}, 60_000);
afterAll(() => cluster?.close());
beforeEach(async () => {
  [ada = ''] = await cluster.makeUsers(1);
  own = await signInAt(cluster.servers[0], ada);
  phone = await signInAt(cluster.servers[0], ada);
  adaId = await idOf(phone);
});

async function idOf({ accessToken }: ClusterSession): Promise<string> {
  const { data } = await askAs(accessToken, cluster.servers[0], '{ me { id } }');
  return data.me.id;
}

const follow = (id: string) => `subscription { userChanged(id: "${id}") { __typename } }`;

/** Opens a socket and an event stream of the phone at the second server, both idle. */
async function connectAtSecond() {
  const [, second] = cluster.servers;
  const socket = await openSocketAt(second, phone.accessToken);
  const stream = await openStreamAt(second, phone.accessToken, follow(adaId));
  await stream.nextData();
  return { socket, stream };
}

/** Changes something by way of the first server. */
async function changeAtFirst({ accessToken }: ClusterSession, mutation: string): Promise<unknown> {
  const { data } = await askAs(
    accessToken,
    cluster.servers[0],
    `mutation { it: ${mutation} { __typename } }`,
  );
  return data?.it?.__typename;
}

/** Says by whom, and by which mutation, the session of the phone ends. */
const endings: Record<string, () => [ClusterSession, string, string]> = {
  signOut: () => [phone, 'signOut', 'RevokedSessions'],
  'signOut everywhere': () => [own, 'signOut(everywhere: true)', 'RevokedSessions'],
  revokeSession: () => [own, `revokeSession(id: "${phone.id}")`, 'RevokedSessions'],
  revokeOtherSessions: () => [own, 'revokeOtherSessions', 'RevokedSessions'],
  changePassword: () => [
    own,
    `changePassword(input: { currentPassword: "${password}", newPassword: "${newPassword}" })`,
    'User',
  ],
  revokeUserSessions: () => [root, `revokeUserSessions(userId: "${adaId}")`, 'RevokedSessions'],
  suspendUser: () => [root, `suspendUser(id: "${adaId}", reason: "a test")`, 'User'],
  deleteUser: () => [root, `deleteUser(id: "${adaId}", mode: ERASE)`, 'Ack'],
};

describe('what is idle at one server while a session ends at another', () => {
  it.each(Object.entries(endings))('closes: %s', async (_name, choose) => {
    const { socket, stream } = await connectAtSecond();
    const [by, mutation, answer] = choose();
    expect(await changeAtFirst(by, mutation)).toBe(answer);
    expect(await socket.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
    const last = await stream.next();
    expect(last?.errors?.map(({ extensions }) => extensions?.code)).toEqual(['UNAUTHENTICATED']);
    expect(await stream.next()).toBeNull();
  });

  it('stays open where it belongs to another session', async () => {
    const { socket, stream } = await connectAtSecond();
    await changeAtFirst(own, 'signOut');
    await changeAtFirst(phone, 'updateProfile(input: { displayName: "Ada King" })');
    expect(await stream.nextData()).toEqual({ userChanged: { __typename: 'EventEnvelope' } });
    expect(await socket.askOnce('{ me { id } }')).toEqual({ data: { me: { id: adaId } } });
    await stream.leave();
    socket.close();
  });
});

describe('what is idle at one server while a role is taken away at another', () => {
  const subscribe = async (socket: ProtocolSocket, operation: string, id: string) => {
    socket.send({ type: 'subscribe', id: operation, payload: { query: follow(id) } });
    expect(await socket.nextOf(operation)).toMatchObject({ type: 'next' });
  };

  it('ends where it is not allowed any more, and only there', async () => {
    const [, second] = cluster.servers;
    const rootId = await idOf(root);
    await changeAtFirst(root, `updateUser(id: "${adaId}", input: { roles: ["user", "admin"] })`);
    phone = await signInAt(second, ada);
    const socket = await openSocketAt(second, phone.accessToken);
    await subscribe(socket, 'root', rootId);
    await subscribe(socket, 'self', adaId);
    const stream = await openStreamAt(second, phone.accessToken, follow(rootId));
    await stream.nextData();

    await changeAtFirst(root, `updateUser(id: "${adaId}", input: { roles: ["user"] })`);
    expect(codesIn(await socket.nextOf('root'))).toEqual(['FORBIDDEN']);
    const last = await stream.next();
    expect(last?.errors?.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN']);
    expect(await stream.next()).toBeNull();
    await changeAtFirst(phone, 'updateProfile(input: { displayName: "Ada King" })');
    expect(await socket.nextOf('self')).toMatchObject({ type: 'next' });
    socket.close();
  });
});
