import type { LoggedEvent, Prisma, PrismaClient } from '../../generated/prisma/client.ts';
import { type EventCursor, eventCursorOf, logStart } from './cursor.ts';
import type { EventFilter } from './filter.ts';
import { findMatching } from './find-matching.ts';
import { readHorizon } from './horizon.ts';

/** Which part of the log is wanted. */
export interface EventQuery {
  /** The last row seen; null reads from the oldest row that is kept. */
  after: EventCursor | null;
  /** Most events in one page, 1 or more; the caller bounds it. */
  limit: number;
  /** All events when it is left out. */
  filter?: EventFilter;
}

/** Why events between a cursor and now are missing. */
export interface EventGap {
  /** `LOG_RESET` means that the log is not the one that the cursor was taken from. */
  reason: 'RETENTION_EXCEEDED' | 'LOG_RESET';
  /** Everything up to and including this row must be taken as missed. */
  resumedAt: EventCursor;
}

/** Final events in the order of the log. */
export interface EventPage {
  events: LoggedEvent[];
  /** Where to read on: the newest row looked at, even where a filter left it out. */
  cursor: EventCursor;
  hasMore: boolean;
  /** When set, the page holds no events and reading goes on from `cursor`. */
  gap: EventGap | null;
}

/** Reads what is final after a cursor: the same rows in the same order for every reader. */
export async function readEvents(prisma: PrismaClient, query: EventQuery): Promise<EventPage> {
  return readEventsUpTo(prisma, await readHorizon(prisma), query);
}

/** Reads after a cursor up to a horizon that was read before. */
export async function readEventsUpTo(
  prisma: PrismaClient,
  horizon: bigint,
  query: EventQuery,
): Promise<EventPage> {
  const { after, limit, filter } = query;
  const unread = { gt: after?.sequence ?? logStart.sequence, lte: horizon };
  const rows = filter
    ? await findMatching(prisma, { after: unread.gt, upTo: horizon }, filter, limit + 1)
    : await prisma.loggedEvent.findMany({
        where: { sequence: unread },
        orderBy: { sequence: 'asc' },
        take: limit + 1,
      });
  const events = rows.slice(0, limit);
  const hasMore = rows.length > limit;
  const last =
    hasMore || filter === undefined ? events.at(-1) : await findNewestRow(prisma, unread);

  // Checked after the rows were read: as long as the cursor's row is kept, so are all after it.
  const gap = after === null ? null : await findGap(prisma, after, horizon);
  if (gap !== null) {
    const isBehind = gap.reason === 'RETENTION_EXCEEDED';
    return { events: [], cursor: gap.resumedAt, hasMore: isBehind, gap };
  }
  return { events, cursor: last ? eventCursorOf(last) : (after ?? logStart), hasMore, gap };
}

/** Finds the places of events by their ids, of those that are final. */
export async function findFinalCursors(
  prisma: PrismaClient,
  ids: readonly string[],
): Promise<Map<string, EventCursor>> {
  const horizon = await readHorizon(prisma);
  const rows = await prisma.loggedEvent.findMany({
    where: { id: { in: [...ids] }, sequence: { lte: horizon } },
    select: { sequence: true, id: true },
  });
  return new Map(rows.map((row) => [row.id, eventCursorOf(row)]));
}

/** Finds the newest final row, to read only what comes later. */
export async function findEnd(prisma: PrismaClient, horizon: bigint): Promise<EventCursor> {
  const newest = await findNewestRow(prisma, { lte: horizon });
  return newest === null ? logStart : eventCursorOf(newest);
}

function findNewestRow(prisma: PrismaClient, sequence: Prisma.BigIntFilter) {
  return prisma.loggedEvent.findFirst({
    where: { sequence },
    orderBy: { sequence: 'desc' },
    select: { sequence: true, id: true },
  });
}

async function findGap(
  prisma: PrismaClient,
  after: EventCursor,
  horizon: bigint,
): Promise<EventGap | null> {
  if (after.sequence === logStart.sequence) return null;
  const select = { sequence: true, id: true } as const;
  const row = await prisma.loggedEvent.findUnique({ where: { sequence: after.sequence }, select });
  if (row !== null && eventCursorOf(row).idPrefix === after.idPrefix) return null;

  const oldest = await prisma.loggedEvent.findFirst({ orderBy: { sequence: 'asc' }, select });
  // Only pruning removes rows below the oldest; anything else is a log with another history.
  if (row === null && oldest !== null && after.sequence < oldest.sequence) {
    return { reason: 'RETENTION_EXCEEDED', resumedAt: eventCursorOf(oldest) };
  }
  return { reason: 'LOG_RESET', resumedAt: await findEnd(prisma, horizon) };
}
