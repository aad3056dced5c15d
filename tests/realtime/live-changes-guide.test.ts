import { readFile } from 'node:fs/promises';
import { createClient as createEventStreamClient } from 'graphql-sse';
import { createClient as createWebSocketClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { followUser } from '../support/follow-user.ts';
import { useListeningApp } from '../support/listening-app.ts';
import { demote, type Person, signUp, signUpAdmin } from '../support/people.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { rename, settle } from '../support/user-stream.ts';

const retryAtOnce = { retryAttempts: Number.POSITIVE_INFINITY, retryWait: () => Promise.resolve() };

describe('the client of docs/guides/live-changes.md', () => {
  const testApp = useListeningApp();

  it('is the one that is tested here', async () => {
    const guide = await readFile('docs/guides/live-changes.md', 'utf8');
    expect(guide).toContain(await readFile('tests/support/follow-user.ts', 'utf8'));
  });

  const clients = {
    WebSocket: (port: number, { accessToken }: Person) =>
      createWebSocketClient({
        url: `ws://127.0.0.1:${port}/graphql`,
        connectionParams: { authorization: `Bearer ${accessToken}` },
        shouldRetry: () => true,
        ...retryAtOnce,
      }),
    'an event stream': (port: number, { accessToken }: Person) =>
      createEventStreamClient({
        url: `http://127.0.0.1:${port}/graphql`,
        headers: { authorization: `Bearer ${accessToken}` },
        ...retryAtOnce,
      }),
  };

  /** Follows somebody through a proxy; answers what was told, and a way to wait for so much. */
  async function follow(
    transport: keyof typeof clients,
    proxy: TcpProxy,
    whom: Person,
    viewer: Person,
  ) {
    const told: { kind: string; cursor: string | null }[] = [];
    const arrivals = new EventTarget();
    const client = clients[transport](proxy.port, viewer);
    const ended = followUser(client, { id: whom.id, after: null }, (item) => {
      const cursor = item.__typename === 'EventEnvelope' ? item.event.cursor : null;
      told.push({ kind: item.__typename, cursor });
      arrivals.dispatchEvent(new Event('item'));
    });
    return {
      told,
      ended,
      async count(items: number) {
        while (told.length < items) {
          await new Promise((resolve) =>
            arrivals.addEventListener('item', resolve, { once: true }),
          );
        }
      },
      dispose: () => client.dispose(),
    };
  }

  it.each(['WebSocket', 'an event stream'] as const)(
    'misses nothing over %s that is cut, and gets nothing twice',
    async (transport) => {
      const ada = await signUp(testApp, 'Ada');
      await settle(testApp, ada);
      const proxy = await startTcpProxy('127.0.0.1', Number(new URL(testApp.url).port));
      const { told, count, dispose } = await follow(transport, proxy, ada, ada);
      await count(1);
      await rename(testApp, ada, 'A');
      await count(2);
      await proxy.cut();
      await rename(testApp, ada, 'B');
      await rename(testApp, ada, 'C');
      await proxy.restore();
      await count(5);
      await rename(testApp, ada, 'D');
      await count(6);
      const events = told.filter(({ kind }) => kind === 'EventEnvelope');
      expect(new Set(events.map(({ cursor }) => cursor)).size).toBe(4);
      expect(told.filter(({ kind }) => kind === 'StreamCaughtUp')).toHaveLength(2);
      await dispose();
      await proxy.close();
    },
  );

  it.each(['WebSocket', 'an event stream'] as const)(
    'learns over %s why it may not follow (any more)',
    async (transport) => {
      const ada = await signUp(testApp, 'Ada');
      const admin = await signUpAdmin(testApp);
      const proxy = await startTcpProxy('127.0.0.1', Number(new URL(testApp.url).port));
      const refused = await follow(transport, proxy, admin, ada);
      expect(await refused.ended).toBe('FORBIDDEN');

      const following = await follow(transport, proxy, ada, admin);
      await following.count(1);
      await demote(testApp, admin);
      await rename(testApp, ada, 'A');
      expect(await following.ended).toBe('FORBIDDEN');
      await refused.dispose();
      await following.dispose();
      await proxy.close();
    },
  );
});
