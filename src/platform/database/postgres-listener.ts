import pg from 'pg';
import type { Log } from '../log.ts';
import type { Database } from './database.ts';
import { createLastingConnection, type HeartbeatTiming } from './lasting-connection.ts';

/** Receives notifications of any number of channels on one connection. */
export interface PostgresListener {
  listen: Database['listen'];
  close(): Promise<void>;
}

interface Subscriber {
  onNotice: (payload: string) => void;
  onReconnect: () => void;
  onLost: (() => void) | undefined;
}

/** Creates a listener; it connects with the first subscription. */
export function createPostgresListener(
  config: pg.ClientConfig,
  log: Log,
  heartbeat?: HeartbeatTiming,
): PostgresListener {
  const channels = new Map<string, Set<Subscriber>>();
  const events = {
    onConnect: () => tell(({ onReconnect }) => onReconnect()),
    onLost: () => tell(({ onLost }) => onLost?.()),
  };
  const connection = createLastingConnection(config, subscribe, events, log, heartbeat);

  async function subscribe(client: pg.Client): Promise<void> {
    client.on('notification', ({ channel, payload }) => {
      for (const subscriber of channels.get(channel) ?? []) subscriber.onNotice(payload ?? '');
    });
    // A channel that is added meanwhile is reached by this loop as well.
    for (const channel of channels.keys()) await client.query(listenStatement(channel));
  }

  function tell(say: (subscriber: Subscriber) => void): void {
    for (const subscribers of channels.values()) subscribers.forEach(say);
  }

  async function start(channel: string, subscriber: Subscriber): Promise<void> {
    channels.set(channel, (channels.get(channel) ?? new Set()).add(subscriber));
    const client = connection.current();
    if (!client) return await connection.connect();
    try {
      await client.query(listenStatement(channel));
    } catch {
      return connection.replace(client);
    }
    subscriber.onReconnect();
  }

  async function stop(channel: string, subscriber: Subscriber): Promise<void> {
    const subscribers = channels.get(channel);
    if (!subscribers?.delete(subscriber) || subscribers.size > 0) return;
    channels.delete(channel);
    const client = connection.current();
    await client?.query(`UN${listenStatement(channel)}`).catch(() => connection.replace(client));
  }

  return {
    listen: async (channel, onNotice, onReconnect, onLost) => {
      const subscriber: Subscriber = { onNotice, onReconnect, onLost };
      await start(channel, subscriber);
      return { close: () => stop(channel, subscriber) };
    },
    close: connection.close,
  };
}

function listenStatement(channel: string): string {
  return `LISTEN ${pg.escapeIdentifier(channel)}`;
}
