import { LRUCache } from 'lru-cache';
import type { Database, Listener } from '../../platform/database/database.ts';
import { type MaybeLater, whenThere } from '../../platform/maybe-later.ts';
import type { Viewer } from '../role/viewer.ts';
import { type AccessSubject, accessChannel, readAccessNotice } from './access-notice.ts';
import { concerns, createSessionReads, type DatedStanding } from './session-reads.ts';
import { readStandings } from './viewer.query.ts';

/** Answers who calls with a session without asking the database each time. */
export interface SessionCache {
  /**
   * Tells who calls with a session and what they may do; null when it does not run. Never older
   * than 5 seconds, 1 while notices may be missed: where it cannot be read anew, this rejects. At
   * once where it is known.
   */
  findViewer(sessionId: string): MaybeLater<Viewer | null>;
  /** Forgets what a change of access concerns, also what is being read just now. */
  forget(subject: AccessSubject): void;
  /** Reads sessions anew whatever is kept of them, in one statement; rejects when that fails. */
  reread(sessionIds: readonly string[]): Promise<void>;
  /** For how long what was read counts now. */
  maxAgeMs(): number;
  /** Adds a listener that is told of each change of access, once what it concerns is forgotten. */
  onForget(listener: (subject: AccessSubject) => void): void;
  /** Begins to listen to what other instances change. */
  start(): Promise<void>;
  close(): Promise<void>;
}

const maxSessions = 50_000;
const maxAgeMs = 5_000;
const maxAgeUnheardMs = 1_000;

/** Creates the cache of one instance; the stopwatch never goes back, whatever is done to the clock. */
export function createSessionCache(
  { prisma, listen }: Pick<Database, 'prisma' | 'listen'>,
  nowMs: () => number = () => performance.now(),
): SessionCache {
  const kept = new LRUCache<string, DatedStanding>({ max: maxSessions });
  const reads = createSessionReads(
    (sessionIds) => readStandings(prisma, sessionIds),
    nowMs,
    (sessionId, standing) => kept.set(sessionId, standing),
  );
  const listeners = new Set<(subject: AccessSubject) => void>();
  let hears = false;
  let listener: Listener | undefined;

  const maxAgeNowMs = () => (hears ? maxAgeMs : maxAgeUnheardMs);

  /** A session that is about to run out is read anew, for a refresh may have put its end off. */
  function isCurrent({ readAtMs, remainingMs }: DatedStanding): boolean {
    return nowMs() - readAtMs < Math.min(remainingMs, maxAgeNowMs());
  }

  function viewerNow({ viewer, readAtMs }: DatedStanding): Viewer | null {
    return viewer && { ...viewer, proofAgeMs: viewer.proofAgeMs + nowMs() - readAtMs };
  }

  function forget(subject: AccessSubject): void {
    reads.repeat(subject);
    if (subject === 'everybody') kept.clear();
    else if ('sessionId' in subject) kept.delete(subject.sessionId);
    else {
      for (const [sessionId, standing] of kept.entries()) {
        if (concerns(subject, sessionId, standing)) kept.delete(sessionId);
      }
    }
    for (const listener of listeners) listener(subject);
  }

  return {
    findViewer(sessionId) {
      const known = kept.get(sessionId);
      return whenThere(known && isCurrent(known) ? known : reads.read(sessionId), viewerNow);
    },
    forget,
    async reread(sessionIds) {
      await Promise.all(sessionIds.map(reads.read));
    },
    maxAgeMs: maxAgeNowMs,
    onForget: (listener) => void listeners.add(listener),
    async start() {
      listener = await listen(
        accessChannel,
        (payload) => forget(readAccessNotice(payload)),
        () => {
          hears = true;
          // What was told before, nobody heard.
          forget('everybody');
        },
        () => {
          hears = false;
        },
      );
    },
    async close() {
      hears = false;
      await listener?.close();
    },
  };
}
