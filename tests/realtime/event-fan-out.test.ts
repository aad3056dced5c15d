import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { bindHttpServer } from '../../src/server/http-server.ts';
import { graphql } from '../generated/index.ts';
import { announceAccess } from '../support/access-notices.ts';
import { type LiveAnswers, openStream, subscribe } from '../support/live-answers.ts';
import { Broadcast } from '../support/messages.ts';
import { anyAddress, type Person, signIn, signUp, signUpAdmin } from '../support/people.ts';
import { ask } from '../support/request.ts';
import { openConversation } from '../support/socket-client.ts';
import { followOn } from '../support/socket-stream.ts';
import {
  type StatementWatch,
  statementsOfAll,
  watchStatements,
  withoutViewer,
} from '../support/statements.ts';
import { useTestApp } from '../support/test-app.ts';
import { followUser, readItem, rename, settle } from '../support/user-stream.ts';

const Followed = graphql(`
  subscription FanOutUser($id: ID!) {
    userChanged(id: $id) {
      __typename
      ... on EventEnvelope {
        event { ... on UserChanged { user { displayName email roles { key } avatar { url } } } }
      }
    }
  }
`);

const patience = 240_000;

// What an instance does from time to time would be counted with what is counted here.
beforeAll(() => void vi.useFakeTimers({ toFake: ['setInterval'] }));
afterAll(() => void vi.useRealTimers());

describe('an event that many follow', () => {
  const testApp = useTestApp({ USER_LIVE_CONNECTIONS: '1000' });
  let watch: StatementWatch;
  beforeAll(() => {
    watch = watchStatements(testApp.database);
  });
  let bob: Person;
  let viewers: Person[];
  beforeEach(async () => {
    bob = await signUp(testApp, 'Bob');
    await settle(testApp, bob);
    const [admin, other] = [await signUpAdmin(testApp), await signUpAdmin(testApp)];
    viewers = [admin, await signIn(testApp, admin), other, bob, await signIn(testApp, bob)];
  });

  /** Opens so many streams, of the viewers in turn, and waits until all of them are live. */
  async function open<Data>(
    count: number,
    follow: (viewer: Person) => Promise<LiveAnswers<Data>>,
  ): Promise<LiveAnswers<Data>[]> {
    const streams: LiveAnswers<Data>[] = [];
    const openOne = async (index: number) => {
      const viewer = viewers[index % viewers.length] as Person;
      const stream = await follow({ ...viewer, ...{ ipAddress: anyAddress() } });
      await stream.nextData();
      streams.push(stream);
    };
    while (streams.length < count) {
      const batch = Math.min(50, count - streams.length);
      await Promise.all(Array.from({ length: batch }, (_, index) => openOne(index)));
    }
    // Each has asked for its next event by then.
    await setImmediate();
    return streams;
  }

  const leave = (streams: readonly LiveAnswers<unknown>[]) =>
    Promise.all(streams.map((stream) => stream.leave()));

  /** Counts what a change costs more than it would if nobody followed; answers what was told. */
  async function costOf<Data>(
    streams: readonly LiveAnswers<Data>[],
    leaveOut?: (sent: readonly string[]) => string[],
    cause: () => Promise<unknown> = () => rename(testApp, bob, 'Robert'),
  ) {
    const listOf = statementsOfAll(watch);
    const told: Data[] = [];
    const hear = async (stream: LiveAnswers<Data>) => told.push(await stream.nextData());
    const change = async () => {
      await cause();
      await Promise.all(streams.map(hear));
    };
    await announceAccess(testApp, 'everybody');
    const followed = await listOf(change, leaveOut);
    await leave(streams);
    await announceAccess(testApp, 'everybody');
    // What else an instance does may come at any time, and takes nothing off what was sent before.
    for (const sql of await listOf(cause, leaveOut)) {
      const sameAt = followed.indexOf(sql);
      if (sameAt >= 0) followed.splice(sameAt, 1);
    }
    return { statements: followed.length, told };
  }

  it(
    'costs at most 2 statements, for 1,000 who follow and whose sessions are not known by heart',
    async () => {
      const streams = await open(1000, (viewer) => followUser(testApp, bob.id, viewer));
      const { statements, told } = await costOf(streams);
      expect(statements).toBeGreaterThan(0);
      expect(statements).toBeLessThanOrEqual(2);
      const event = { user: { displayName: 'Robert' } };
      for (const { userChanged } of told) expect(userChanged).toMatchObject({ event });
    },
    patience,
  );

  it('costs 2, besides asking who follows, where all that is attached to an account is asked for', async () => {
    const streams = await open(20, (viewer) =>
      subscribe(testApp, Followed, { id: bob.id }, viewer),
    );
    const { statements, told } = await costOf(streams, withoutViewer);
    expect(statements).toBe(2);
    const roles = [{ key: 'user' }];
    const user = { displayName: 'Robert', email: bob.email, roles, avatar: null };
    for (const { userChanged } of told) expect(userChanged).toMatchObject({ event: { user } });
  });

  it('costs 2, besides asking who follows, where it is a message to all', async () => {
    const [root] = viewers;
    const query = `subscription { events(topics: [MESSAGE]) { ... on EventEnvelope { event {
      ... on MessageReceived { message { body sender { displayName } } }
    } } } }`;
    const streams = await open(100, (viewer) => openStream<unknown>(testApp, { query }, viewer));
    const input = { channel: 'broadcast', body: 'Hello' };
    const cause = () => ask(testApp, Broadcast, { input }, root);
    const { statements, told } = await costOf(streams, withoutViewer, cause);
    expect(new Set(told.map((data) => JSON.stringify(data))).size).toBe(1);
    expect(statements).toBe(2);
  });

  it('costs 2, besides asking who follows, where the plain form tells of it', async () => {
    const [root] = viewers;
    const query = `subscription {
      messageReceived(channel: "broadcast") { body sender { displayName } }
    }`;
    const begin = (viewer: Person) => openStream<unknown>(testApp, { query }, viewer);
    const streams = await Promise.all(
      Array.from({ length: 50 }, (_, index) => begin(viewers[index % 5] ?? bob)),
    );
    const input = { channel: 'broadcast', body: 'Hello' };
    const cause = () => ask(testApp, Broadcast, { input }, root);
    const { statements, told } = await costOf(streams, withoutViewer, cause);
    expect(new Set(told.map((data) => JSON.stringify(data))).size).toBe(1);
    expect(statements).toBe(2);
  });

  it('costs 2, besides asking who follows, where it is an entry of the audit trail', async () => {
    viewers = viewers.slice(0, 3);
    const query = `subscription { auditEventAppended { ... on EventEnvelope { event {
      ... on AuditEventAppended { auditEvent { action targetId metadata ipAddress } }
    } } } }`;
    const streams = await open(20, (viewer) => openStream<unknown>(testApp, { query }, viewer));
    const { statements, told } = await costOf(streams, withoutViewer);
    expect(new Set(told.map((data) => JSON.stringify(data))).size).toBe(1);
    // The entry, and where it came from.
    expect(statements).toBe(2);
  });

  it('is read for no more often over sockets with several subscriptions each', async () => {
    const { respond } = testApp.app;
    const server = await bindHttpServer({ host: '127.0.0.1', port: 0 }, respond);
    server.serve(testApp.app);
    const webSocketUrl = `ws://127.0.0.1:${server.port}/graphql`;
    const sockets = await Promise.all(
      viewers.map(({ accessToken }) => openConversation({ webSocketUrl }, { token: accessToken })),
    );
    const ids = ['1', '2', '3', '4'];
    for (const socket of sockets) for (const id of ids) await followOn(socket, bob.id, id);
    await announceAccess(testApp, 'everybody');
    const sent = watch.noteAll();
    await rename(testApp, bob, 'Robert');
    for (const socket of sockets) {
      for (const id of ids) {
        expect(JSON.stringify(await socket.nextOf(id))).toContain('"displayName":"Robert"');
      }
      socket.close();
    }
    expect(sent.filter((sql) => /^SELECT .*FROM "public"\."user" WHERE/.test(sql))).toHaveLength(1);
    // Once for whoever renames, once for all who follow.
    const sessions = sent.filter((sql) => /\bFROM session s JOIN\b/.test(sql));
    expect(sessions.length).toBeLessThanOrEqual(2);
    await server.stop(0);
  });

  it('is told to each stream once, in the order of the log, however many follow at once', async () => {
    const streams = await open(50, (viewer) => followUser(testApp, bob.id, viewer));
    const names = ['A', 'B', 'C', 'D', 'E'];
    for (const name of names) await rename(testApp, bob, name);
    const cursors = await Promise.all(
      streams.map(async (stream) => {
        const told: string[] = [];
        while (told.length < names.length) told.push((await readItem(stream)).cursor);
        return told;
      }),
    );
    expect(new Set(cursors.map((told) => told.join())).size).toBe(1);
    expect(new Set(cursors[0]).size).toBe(names.length);
    await leave(streams);
  });
});
