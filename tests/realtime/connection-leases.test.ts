import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createConnectionLeases } from '../../src/modules/session/connection-leases.ts';
import { removeLeases, writeLeases } from '../../src/modules/session/lease-rows.ts';
import { captureLog } from '../support/captured-log.ts';
import { useListeningApp } from '../support/listening-app.ts';
import { globalId, type Person, signIn, signUp, signUpAdmin } from '../support/people.ts';
import { bodyOf, postGraphql } from '../support/raw-request.ts';
import { openConversation } from '../support/socket-client.ts';
import { watchStatements } from '../support/statements.ts';
import { followUserOn, readItem } from '../support/user-stream.ts';

const testApp = useListeningApp();
const patience = { timeout: 20_000, interval: 50 };

let ada: Person;
beforeEach(async () => {
  ada = await signUp(testApp);
});

async function askAs({ accessToken }: Person, query: string) {
  const authorization = `Bearer ${accessToken}`;
  const { data } = bodyOf(await postGraphql(testApp, { query }, { authorization }));
  // biome-ignore lint/suspicious/noExplicitAny: as many shapes as questions
  return data as any;
}

/** Reads how many connections each session of a user holds, by the id of the session. */
async function readConnections(person: Person): Promise<Record<string, number>> {
  const { me } = await askAs(person, '{ me { sessions { nodes { id liveConnections } } } }');
  return Object.fromEntries(
    me.sessions.nodes.map((node: { id: string; liveConnections: number }) => [
      node.id,
      node.liveConnections,
    ]),
  );
}

const keyOf = ({ sessionId }: Person) => globalId('Session', sessionId);
const waitFor = (person: Person, expected: Record<string, number>) =>
  vi.waitFor(async () => expect(await readConnections(person)).toEqual(expected), patience);

describe('Session.liveConnections', () => {
  it('counts sockets and event streams of each session, until they are left', async () => {
    const phone = await signIn(testApp, ada);
    const sockets = [
      await openConversation(testApp, { token: ada.accessToken }),
      await openConversation(testApp, { token: ada.accessToken }),
    ];
    const stream = await followUserOn(testApp, ada.id, phone);
    await readItem(stream);
    await waitFor(ada, { [keyOf(ada)]: 2, [keyOf(phone)]: 1 });
    for (const socket of sockets) socket.close();
    await stream.leave();
    await waitFor(ada, { [keyOf(ada)]: 0, [keyOf(phone)]: 0 });
    expect(await testApp.database.prisma.connectionLease.count()).toBe(0);
  }, 60_000);

  it('is read for a whole list in one statement', async () => {
    await signIn(testApp, ada);
    await signIn(testApp, ada);
    await readConnections(ada);
    const watch = watchStatements(testApp.database);
    const { sent } = await watch.record(() => readConnections(ada));
    expect(sent.filter((sql) => sql.includes('connection_lease'))).toHaveLength(1);
  });

  it('leaves out what an instance held that was killed, once that has run out', async () => {
    const lease = { sessionId: ada.sessionId, userId: ada.userId, connections: 3 };
    const write = (instanceId: string, afterMs: number) =>
      testApp.database.prisma.connectionLease.create({
        data: { ...lease, instanceId, expiresAt: new Date(Date.now() + afterMs) },
      });
    await write(randomUUID(), -1000);
    await write(randomUUID(), 600_000);
    expect(await readConnections(ada)).toEqual({ [keyOf(ada)]: 3 });
  });
});

describe('RevokedSessions.closedConnections', () => {
  it('counts what the sessions held that were ended, and they are closed', async () => {
    const phone = await signIn(testApp, ada);
    const sockets = [
      await openConversation(testApp, { token: phone.accessToken }),
      await openConversation(testApp, { token: phone.accessToken }),
      await openConversation(testApp, { token: ada.accessToken }),
    ] as const;
    await waitFor(ada, { [keyOf(ada)]: 1, [keyOf(phone)]: 2 });
    const counts = '{ ... on RevokedSessions { revoked closedConnections } }';
    const others = await askAs(ada, `mutation { revokeOtherSessions ${counts} }`);
    expect(others).toEqual({ revokeOtherSessions: { revoked: 1, closedConnections: 2 } });
    const admin = await signUpAdmin(testApp);
    const all = await askAs(
      admin,
      `mutation { revokeUserSessions(userId: "${ada.id}") ${counts} }`,
    );
    expect(all).toEqual({ revokeUserSessions: { revoked: 1, closedConnections: 1 } });
    for (const socket of sockets) expect((await socket.closed).code).toBe(4401);
    const none = await askAs(admin, `mutation { signOut ${counts} }`);
    expect(none).toEqual({ signOut: { revoked: 1, closedConnections: 0 } });
  }, 60_000);
});

describe('leases', () => {
  const holdMany = (count: number) =>
    Array.from({ length: count }, () => ({
      sessionId: randomUUID(),
      userId: randomUUID(),
      connections: 1,
    }));

  it('are renewed in place, without a write to an index', async () => {
    const instanceId = randomUUID();
    const held = holdMany(1_000);
    const inPlace = await testApp.database.prisma.$transaction(async (transaction) => {
      const readInPlace = async () => {
        const [read] = await transaction.$queryRaw<{ updated: number }[]>`
          SELECT pg_stat_get_xact_tuples_hot_updated('connection_lease'::regclass)::int AS updated`;
        return read?.updated ?? 0;
      };
      await writeLeases(transaction, instanceId, held, false);
      const before = await readInPlace();
      await writeLeases(transaction, instanceId, held, true);
      return (await readInPlace()) - before;
    });
    await removeLeases(testApp.database.prisma, instanceId);
    expect(inPlace).toBe(held.length);
  });

  it('of an instance that was killed are removed by a renewal of another', async () => {
    const { prisma } = testApp.database;
    const [killed, living] = [randomUUID(), randomUUID()];
    await writeLeases(prisma, killed, holdMany(3), true);
    await prisma.connectionLease.updateMany({ data: { expiresAt: new Date(0) } });
    await writeLeases(prisma, living, holdMany(1), false);
    expect(await prisma.connectionLease.count()).toBe(4);
    await writeLeases(prisma, living, holdMany(1), true);
    expect(await prisma.connectionLease.count({ where: { instanceId: killed } })).toBe(0);
    await removeLeases(prisma, living);
  });

  it('cost few statements, however many connections open at once, and tell whose they are', async () => {
    const leases = createConnectionLeases(testApp.database, captureLog().log);
    const told = Promise.withResolvers<void>();
    const users = new Set<string>();
    leases.onChange((userIds) => {
      for (const userId of userIds) users.add(userId);
      if (users.size === 10_000) told.resolve();
    });
    const watch = watchStatements(testApp.database);
    const { sent } = await watch.record(async () => {
      leases.start();
      for (let opened = 0; opened < 10_000; opened += 1) {
        const id = randomUUID();
        leases.hold({ userId: id, sessionId: id });
      }
      await told.promise;
    });
    expect(sent.filter((sql) => sql.includes('connection_lease')).length).toBeLessThan(5);
    const { connectionLease } = testApp.database.prisma;
    expect(await connectionLease.count({ where: { connections: 1 } })).toBe(10_000);
    await leases.close();
    expect(await connectionLease.count()).toBe(0);
  }, 60_000);
});
