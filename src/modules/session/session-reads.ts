import type { AccessSubject } from './access-notice.ts';
import { type SessionStanding, unknownSession } from './viewer.query.ts';

/** Reads how the sessions stand that there are; one statement. */
export type ReadStandings = (
  sessionIds: readonly string[],
) => Promise<ReadonlyMap<string, SessionStanding>>;

/** How a session stood at a moment. */
export interface DatedStanding extends SessionStanding {
  /** When the read began, in milliseconds of the stopwatch. */
  readAtMs: number;
}

/** Reads sessions, those that are asked for together in one statement. */
export interface SessionReads {
  /** Reads how a session stands: never as it stood before a change that was told meanwhile. */
  read(sessionId: string): Promise<DatedStanding>;
  /** Throws away what is being read of a subject, and reads it again. */
  repeat(subject: AccessSubject): void;
}

/** Tells whether a change of access concerns a session. */
export function concerns(
  subject: AccessSubject,
  sessionId: string,
  { userId }: Pick<SessionStanding, 'userId'>,
): boolean {
  if (subject === 'everybody') return true;
  return 'sessionId' in subject ? subject.sessionId === sessionId : subject.userId === userId;
}

/** Builds the reads; `keep` gets each answer in the moment in which it is known to be current. */
export function createSessionReads(
  readStandings: ReadStandings,
  nowMs: () => number,
  keep: (sessionId: string, standing: DatedStanding) => void,
): SessionReads {
  const asked = new Map<string, PromiseWithResolvers<DatedStanding>>();
  const underWay = new Set<AccessSubject[]>();
  let due = new Set<string>();

  function plan(sessionId: string): void {
    // All that is asked for in this turn of the event loop goes along.
    if (due.size === 0) setImmediate(() => void readDue());
    due.add(sessionId);
  }

  async function readDue(): Promise<void> {
    const sessionIds = [...due];
    due = new Set();
    const changed: AccessSubject[] = [];
    underWay.add(changed);
    const readAtMs = nowMs();
    try {
      const found = await readStandings(sessionIds);
      for (const id of sessionIds) {
        const standing = found.get(id) ?? unknownSession;
        if (changed.some((subject) => concerns(subject, id, standing))) plan(id);
        else settle(id, { ...standing, readAtMs });
      }
    } catch (error) {
      for (const id of sessionIds) take(id)?.reject(error);
    } finally {
      underWay.delete(changed);
    }
  }

  function settle(sessionId: string, standing: DatedStanding): void {
    keep(sessionId, standing);
    take(sessionId)?.resolve(standing);
  }

  function take(sessionId: string) {
    const waiting = asked.get(sessionId);
    asked.delete(sessionId);
    return waiting;
  }

  return {
    read(sessionId) {
      const waiting = asked.get(sessionId) ?? Promise.withResolvers<DatedStanding>();
      if (!asked.has(sessionId)) {
        asked.set(sessionId, waiting);
        plan(sessionId);
      }
      return waiting.promise;
    },
    repeat(subject) {
      for (const changed of underWay) changed.push(subject);
    },
  };
}
