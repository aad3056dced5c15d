import pg from 'pg';
import type { Log } from '../log.ts';
import { withDeadline } from './deadline.ts';

/** One connection of its own that is made again whenever it is lost or stops answering. */
export interface LastingConnection {
  /** The connection while it is up. */
  current(): pg.Client | null;
  /** Connects unless connected; resolves when this one attempt is over, whichever way. */
  connect(): Promise<void>;
  /** Gives a connection up and makes a new one. */
  replace(client: pg.Client): void;
  close(): Promise<void>;
}

/** Milliseconds between looks at the connection, and how long an answer may take. */
export interface HeartbeatTiming {
  intervalMs: number;
  deadlineMs: number;
}

/** Whom a lasting connection tells of its state. */
export interface ConnectionEvents {
  /** Told each time it has been made and prepared. */
  onConnect(): void;
  /** Told when it is found to be lost. */
  onLost(): void;
}

const shortestDelayMs = 100;
const longestDelayMs = 5_000;
const defaultHeartbeat: HeartbeatTiming = { intervalMs: 10_000, deadlineMs: 5_000 };

/**
 * Creates a connection that is made on demand, prepared by `prepare`, and made again, ever more
 * patiently, when it is lost.
 */
export function createLastingConnection(
  config: pg.ClientConfig,
  prepare: (client: pg.Client) => Promise<void>,
  events: ConnectionEvents,
  log: Log,
  heartbeat: HeartbeatTiming = defaultHeartbeat,
): LastingConnection {
  let current: pg.Client | null = null;
  let attempt: Promise<void> | null = null;
  let closed = false;
  const retries = createRetries(connect);
  let heartbeatTimer: NodeJS.Timeout | undefined;

  async function tryOnce(): Promise<void> {
    const client = new pg.Client(config);
    client.on('error', () => replace(client));
    client.on('end', () => replace(client));
    try {
      await client.connect();
      await prepare(client);
    } catch {
      abandon(client);
      if (!closed) retries.later();
      return;
    }
    if (closed) return await client.end();
    current = client;
    retries.reset();
    heartbeatTimer = setInterval(() => checkAlive(client), heartbeat.intervalMs);
    events.onConnect();
  }

  async function connect(): Promise<void> {
    if (current || closed) return;
    retries.cancel();
    attempt ??= tryOnce().finally(() => {
      attempt = null;
    });
    await attempt;
  }

  function checkAlive(client: pg.Client): void {
    withDeadline(client.query('SELECT 1'), heartbeat.deadlineMs).catch(() => replace(client));
  }

  function replace(client: pg.Client): void {
    if (client !== current) return;
    current = null;
    clearInterval(heartbeatTimer);
    log.warn('The database connection for notifications was lost.');
    events.onLost();
    abandon(client);
    retries.later();
  }

  async function close(): Promise<void> {
    closed = true;
    retries.cancel();
    clearInterval(heartbeatTimer);
    const client = current;
    current = null;
    await attempt;
    await client?.end();
  }

  return { current: () => current, connect, replace, close };
}

/** Calls again after a pause that doubles with every call since the last success. */
function createRetries(retry: () => Promise<void>) {
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    later() {
      const delay = Math.min(longestDelayMs, shortestDelayMs * 2 ** failures++);
      // Spread out, so that many instances do not come back in one moment.
      timer = setTimeout(retry, delay * (0.5 + Math.random() / 2));
    },
    reset() {
      failures = 0;
    },
    cancel: () => clearTimeout(timer),
  };
}

function abandon(client: pg.Client): void {
  client.end().catch(() => undefined);
}
