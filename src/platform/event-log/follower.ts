import type { PrismaClient } from '../../generated/prisma/client.ts';
import { type EventCursor, logStart } from './cursor.ts';
import { readHorizon, readLastNumber } from './horizon.ts';
import { type EventPage, findEnd, readEventsUpTo } from './read.ts';

const batchSize = 500;

/** Where a batch left the reader: `held back` means that open transactions may still append. */
export type Progress = 'more to read' | 'held back' | 'caught up';

/** A place in the log that only moves forward, a batch at a time. */
export interface Follower {
  /** Skips to the newest final row. */
  seekEnd(): Promise<void>;
  /** Delivers the next batch, if there is one; after a failure the next call goes on unharmed. */
  readBatch(): Promise<Progress>;
  /** The last row delivered or skipped. */
  position(): EventCursor;
}

/** Creates a reader that delivers each final row once, and costs one statement when idle. */
export function createFollower(prisma: PrismaClient, deliver: (page: EventPage) => void): Follower {
  let position = logStart;
  // The horizon up to which everything was delivered.
  let settled: bigint | null = null;

  async function seekEnd(): Promise<void> {
    const horizon = await readHorizon(prisma);
    position = await findEnd(prisma, horizon);
    settled = horizon;
  }

  async function readBatch(): Promise<Progress> {
    const last = await readLastNumber(prisma);
    if (last === settled) return 'caught up';
    const horizon = await readHorizon(prisma, last);
    const page = await readEventsUpTo(prisma, horizon, { after: position, limit: batchSize });
    position = page.cursor;
    if (!page.hasMore) settled = horizon;
    if (page.events.length > 0 || page.gap !== null) deliver(page);
    if (page.hasMore) return 'more to read';
    return horizon === last ? 'caught up' : 'held back';
  }

  return { seekEnd, readBatch, position: () => position };
}
