import type { AccessSubject } from '../modules/session/access-notice.ts';
import type { ConnectionLeases } from '../modules/session/connection-leases.ts';
import type { SessionCache } from '../modules/session/session-cache.ts';
import type { Log } from '../platform/log.ts';
import type { Caller } from './caller.ts';

/** A WebSocket or an event stream, as far as who holds it goes. */
export interface HeldConnection {
  readonly caller: Caller;
  /** Ends it in a way that tells the client to come back later. */
  giveUp(): void;
}

/**
 * Watches over those who hold connections open, so that access which ends also ends what is idle:
 * each is asked for anew when a change of access concerns them, and at least once in the time for
 * which it counts who calls, in one statement for all.
 */
export interface HeldCallers {
  /**
   * Watches over a connection, once its caller is identified; answers what to call when it is over,
   * or `full` when its user holds too many. One of a stranger has nothing that could end.
   */
  hold(connection: HeldConnection): (() => void) | 'full';
  start(): void;
  close(): void;
}

/** What it is built over. */
export interface HeldCallersParts {
  sessions: Pick<SessionCache, 'onForget' | 'reread' | 'maxAgeMs'>;
  leases: Pick<ConnectionLeases, 'hold'>;
  /** Connections that a user may hold at this process. */
  maxPerUser: number;
  log: Log;
}

const tickMs = 500;
/** How long connections stay that nobody can tell of whether they may. */
const graceMs = 10_000;

/** Builds the watch. */
export function createHeldCallers(parts: HeldCallersParts): HeldCallers {
  const { sessions, leases, maxPerUser, log } = parts;
  const bySession = new Map<string, Set<HeldConnection>>();
  const byUser = new Map<string, Set<HeldConnection>>();
  let timer: NodeJS.Timeout | undefined;
  let askedAtMs = 0;
  let unansweredSinceMs: number | null = null;
  let isAsking = false;

  function concernedBy(subject: AccessSubject): Iterable<HeldConnection> {
    if (subject === 'everybody') return [...byUser.values()].flatMap((held) => [...held]);
    const held =
      'userId' in subject ? byUser.get(subject.userId) : bySession.get(subject.sessionId);
    return [...(held ?? [])];
  }

  function recheck(connections: Iterable<HeldConnection>): void {
    // Where the database is away, all are asked again in time.
    for (const { caller } of connections) caller.recheck().catch(() => {});
  }

  async function askAll(): Promise<void> {
    askedAtMs = performance.now();
    unansweredSinceMs ??= askedAtMs;
    await sessions.reread([...bySession.keys()]);
    unansweredSinceMs = null;
    // From what was just read.
    recheck(concernedBy('everybody'));
  }

  function giveUp(): void {
    const held = [...concernedBy('everybody')];
    if (held.length > 0) log.warn({ connections: held.length }, 'Nobody can tell who holds them.');
    for (const connection of held) connection.giveUp();
    unansweredSinceMs = null;
  }

  function tick(): void {
    const now = performance.now();
    if (unansweredSinceMs !== null && now - unansweredSinceMs > graceMs) giveUp();
    if (isAsking || now + tickMs < askedAtMs + sessions.maxAgeMs()) return;
    isAsking = true;
    askAll()
      .catch(() => {})
      .finally(() => {
        isAsking = false;
      });
  }

  sessions.onForget((subject) => recheck(concernedBy(subject)));
  return {
    hold(connection) {
      const viewer = connection.caller.viewer();
      if (viewer === null) return () => {};
      if ((byUser.get(viewer.userId)?.size ?? 0) >= maxPerUser) return 'full';
      const giveBack = leases.hold(viewer);
      add(byUser, viewer.userId, connection);
      add(bySession, viewer.sessionId, connection);
      return () => {
        giveBack();
        remove(byUser, viewer.userId, connection);
        remove(bySession, viewer.sessionId, connection);
      };
    },
    start() {
      timer = setInterval(tick, tickMs).unref();
    },
    close: () => clearInterval(timer),
  };
}

function add(
  index: Map<string, Set<HeldConnection>>,
  key: string,
  connection: HeldConnection,
): void {
  const held = index.get(key) ?? new Set();
  index.set(key, held.add(connection));
}

function remove(
  index: Map<string, Set<HeldConnection>>,
  key: string,
  connection: HeldConnection,
): void {
  const held = index.get(key);
  held?.delete(connection);
  if (held?.size === 0) index.delete(key);
}
