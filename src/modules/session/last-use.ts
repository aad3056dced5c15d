import type { Database } from '../../platform/database/database.ts';
import { describeFault } from '../../platform/fault.ts';
import type { Log } from '../../platform/log.ts';
import { isRunning } from './session-conditions.ts';

/** Keeps when sessions and their users were last used, without a write for each request. */
export interface LastUse {
  /** Notes that a session is used now. */
  note(sessionId: string): void;
  /** Writes what was noted; what cannot be written now stays noted. */
  write(): Promise<void>;
  /** Begins to write once a minute. */
  start(): void;
  /** Writes for the last time. */
  close(): Promise<void>;
}

const writeIntervalMs = 60_000;

/** Creates the notes of one instance. */
export function createLastUse(
  { prisma }: Pick<Database, 'prisma'>,
  log: Log,
  nowMs: () => number = () => performance.now(),
): LastUse {
  let notes = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  async function write(): Promise<void> {
    if (notes.size === 0) return;
    const written = notes;
    notes = new Map();
    try {
      await writeLastUse(prisma, written, nowMs());
    } catch (error) {
      log.warn({ fault: describeFault(error) }, 'When sessions were used could not be written.');
      notes = new Map([...written, ...notes]);
    }
  }

  return {
    note: (sessionId) => void notes.set(sessionId, nowMs()),
    write,
    start() {
      timer = setInterval(() => {
        writing = write();
      }, writeIntervalMs).unref();
    },
    async close() {
      clearInterval(timer);
      await writing;
      await write();
    },
  };
}

/**
 * Moves the times of running sessions and of their users forward, by the clock of the database. Rows that others hold
 * are skipped: whoever refreshes or ends a session need not wait for this, nor this for them.
 */
async function writeLastUse(
  prisma: Database['prisma'],
  notes: ReadonlyMap<string, number>,
  nowMs: number,
): Promise<void> {
  const ids = [...notes.keys()];
  const ages = [...notes.values()].map((usedAtMs) => (nowMs - usedAtMs) / 1000);
  await prisma.$executeRaw`
    WITH used AS (
      SELECT s.id, s.user_id, statement_timestamp() - make_interval(secs => note.age) AS used_at
      FROM unnest(${ids}::uuid[], ${ages}::float8[]) note (id, age) JOIN session s ON s.id = note.id
      WHERE ${isRunning}
      FOR UPDATE OF s SKIP LOCKED
    ), seen AS (
      SELECT u.id, latest.used_at
      FROM (SELECT user_id, max(used_at) AS used_at FROM used GROUP BY user_id) latest
      JOIN "user" u ON u.id = latest.user_id
      -- Seldom, for it is in an index, and so each write costs one in all indexes of users.
      WHERE u.last_seen_at < latest.used_at - interval '10 minutes'
      FOR NO KEY UPDATE OF u SKIP LOCKED
    ), touched AS (
      UPDATE "user" u SET last_seen_at = seen.used_at FROM seen WHERE u.id = seen.id
    )
    UPDATE session s SET last_used_at = used.used_at
    FROM used WHERE s.id = used.id AND s.last_used_at < used.used_at`;
}
