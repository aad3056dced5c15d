import { randomUUID } from 'node:crypto';
import { batchLoads } from '../../platform/batch-loads.ts';
import type { Database } from '../../platform/database/database.ts';
import { describeFault } from '../../platform/fault.ts';
import type { Log } from '../../platform/log.ts';
import { createWakeLoop } from '../../platform/wake-loop.ts';
import type { Viewer } from '../role/viewer.ts';
import { countOfSessions, type HeldSession, removeLeases, writeLeases } from './lease-rows.ts';

/**
 * Knows which sessions hold connections, on which instance, and how many: by leases in the database
 * that are renewed while an instance lives, so that one that was killed counts for 30 seconds more.
 */
export interface ConnectionLeases {
  /** Notes a connection of a session; answers what to call once when it is over. Costs no statement. */
  hold(session: Pick<Viewer, 'userId' | 'sessionId'>): () => void;
  /**
   * Adds a listener that is told whose connections at this instance have become more or fewer, once
   * that is written; synchronous, it hands slow work on.
   */
  onChange(listener: (userIds: readonly string[]) => void): void;
  /** Counts the connections of a session on all instances; many that are asked for together cost one statement. */
  countOfSession(sessionId: string): Promise<number>;
  /** Begins to write. */
  start(): void;
  /** Gives all leases up. */
  close(): Promise<void>;
}

const renewalMs = 10_000;
const retryMs = 1_000;
/** The least between two writes, so that ten thousand openings within a second cost ten of them. */
const pauseMs = 100;

/** Creates the leases of one instance. */
export function createConnectionLeases(
  { prisma }: Pick<Database, 'prisma'>,
  log: Log,
): ConnectionLeases {
  const instanceId = randomUUID();
  const held = new Map<string, HeldSession>();
  const listeners = new Set<(userIds: readonly string[]) => void>();
  const countOne = batchLoads((sessionIds) => countOfSessions(prisma, sessionIds));
  let changed = new Map<string, HeldSession>();
  let dueAtMs = 0;
  let isStarted = false;

  function change({ userId, sessionId }: Pick<Viewer, 'userId' | 'sessionId'>, by: 1 | -1): void {
    const session = held.get(sessionId) ?? { userId, sessionId, connections: 0 };
    session.connections += by;
    if (session.connections > 0) held.set(sessionId, session);
    else held.delete(sessionId);
    changed.set(sessionId, session);
    if (isStarted) writing.wake();
  }

  async function write(): Promise<void> {
    const news = changed;
    const isRenewal = performance.now() >= dueAtMs;
    if (isRenewal) dueAtMs = performance.now() + renewalMs;
    const written = new Map([...news, ...(isRenewal ? held : [])]);
    if (written.size === 0) return;
    changed = new Map();
    try {
      await writeLeases(prisma, instanceId, [...written.values()], isRenewal);
    } catch (error) {
      log.warn({ fault: describeFault(error) }, 'Which connections are held could not be written.');
      changed = new Map([...news, ...changed]);
      dueAtMs = performance.now() + retryMs;
      return;
    }
    const userIds = [...new Set([...news.values()].map(({ userId }) => userId))];
    if (userIds.length > 0) for (const listener of listeners) listener(userIds);
  }

  const writing = createWakeLoop(async () => {
    await write();
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    return Math.max(1, dueAtMs - performance.now());
  });

  return {
    hold(session) {
      let isOver = false;
      change(session, 1);
      return () => {
        if (!isOver) change(session, -1);
        isOver = true;
      };
    },
    onChange: (listener) => void listeners.add(listener),
    countOfSession: async (sessionId) => (await countOne(sessionId)) ?? 0,
    start() {
      isStarted = true;
      writing.wake();
    },
    async close() {
      await writing.stop();
      await removeLeases(prisma, instanceId).catch((error: unknown) => {
        // They run out by themselves.
        log.warn({ fault: describeFault(error) }, 'Leases of connections could not be given up.');
      });
    },
  };
}
