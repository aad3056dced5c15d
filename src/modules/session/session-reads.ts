import { batchLoads } from '../../platform/batch-loads.ts';
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

/** A read that is under way, and what has changed since it began. */
interface Reading {
  standing: Promise<DatedStanding>;
  changes: AccessSubject[];
}

/** Builds the reads; `keep` gets each answer in the moment in which it is known to be current. */
export function createSessionReads(
  readStandings: ReadStandings,
  nowMs: () => number,
  keep: (sessionId: string, standing: DatedStanding) => void,
): SessionReads {
  const load = batchLoads(readStandings);
  const underWay = new Map<string, Reading>();

  async function readCurrent(sessionId: string, changes: AccessSubject[]): Promise<DatedStanding> {
    try {
      for (;;) {
        changes.length = 0;
        const readAtMs = nowMs();
        const standing = (await load(sessionId)) ?? unknownSession;
        if (changes.some((subject) => concerns(subject, sessionId, standing))) continue;
        const dated = { ...standing, readAtMs };
        keep(sessionId, dated);
        return dated;
      }
    } finally {
      underWay.delete(sessionId);
    }
  }

  return {
    read(sessionId) {
      const known = underWay.get(sessionId);
      if (known !== undefined) return known.standing;
      const changes: AccessSubject[] = [];
      const standing = readCurrent(sessionId, changes);
      underWay.set(sessionId, { standing, changes });
      return standing;
    },
    repeat(subject) {
      for (const { changes } of underWay.values()) changes.push(subject);
    },
  };
}
