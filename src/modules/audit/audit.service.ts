import type { AuditEvent, Prisma } from '../../generated/prisma/client.ts';
import { targetTypeOf } from '../../platform/audit-trail/audit-actions.ts';
import { chainStart } from '../../platform/audit-trail/chain.ts';
import type { CursorSeal } from '../../platform/cursor-seal.ts';
import type { EventCursor } from '../../platform/event-log/cursor.ts';
import type { EventFilter } from '../../platform/event-log/filter.ts';
import { type StreamSource, streamEvents } from '../../platform/event-log/stream.ts';
import type { StreamEntry } from '../../platform/event-log/stream-entries.ts';
import {
  encodeCursor,
  type Page,
  type PageArguments,
  type PagedList,
  readPageRequest,
  toPage,
} from '../../platform/paging.ts';
import type { Viewer } from '../role/viewer.ts';
import { type AuditFilter, findEventIds } from './audit.query.ts';
import { createMatchableEvents, matchesAudit } from './audit-matching.ts';

/** What a caller wants loaded along with an event; see the Prisma plugin's `query`. */
type AuditEventQuery = Pick<Prisma.AuditEventFindManyArgs, 'include' | 'select'>;

/** Reads the audit trail; nothing of it checks the permission. */
export interface AuditService {
  /** Lists events, newest first, by keyset; ValidationError for a bad page. */
  listEvents(
    filter: AuditFilter,
    page: PageArguments,
    query: AuditEventQuery,
  ): Promise<Page<AuditEvent>>;
  /** Follows what is written down, by its events in the log; null wants all of it. */
  followEvents(
    filter: AuditFilter | null,
    after: EventCursor | null,
  ): AsyncIterableIterator<StreamEntry, undefined>;
  /** Finds an event by id. */
  findEvent(id: string, query: AuditEventQuery): Promise<AuditEvent | null>;
  /** Reads the hash of the link before a position, in hex; zeros before the first. */
  findHashBefore(position: bigint): Promise<string | null>;
}

/** The events of the log that tell of the trail: one for each entry, with its id. */
const appended: EventFilter = {
  userId: null,
  wholeTopics: ['AUDIT'],
  audiences: [],
  topics: ['AUDIT'],
};

/** Events stand by their ids alone, which sort by time. */
const auditList: PagedList = { name: 'audit-events', isSortValue: (value) => value === '' };

const cursorOf =
  (seal: CursorSeal) =>
  ({ id }: AuditEvent) =>
    encodeCursor(seal, auditList.name, { value: '', id });

/** Shows the audit trail to holders of audit:read. */
export function isAuditVisible(_event: AuditEvent, viewer: Viewer | null): boolean {
  return viewer?.permissions.has('audit:read') ?? false;
}

/** Names what an act was done to; null where that is nothing, or nothing that a query answers with. */
export function targetOf({ action, targetId }: AuditEvent) {
  const type = targetTypeOf(action);
  return type && targetId && { type, id: targetId };
}

/** Opens the service. */
export function createAuditService(log: StreamSource, cursors: CursorSeal): AuditService {
  const { prisma } = log;
  const findMatchable = createMatchableEvents(log);
  return {
    async listEvents(filter, page, query) {
      const request = readPageRequest(cursors, auditList, page);
      const ids = await findEventIds(prisma, filter, request);
      const events = await prisma.auditEvent.findMany({
        ...query,
        where: { id: { in: ids } },
        orderBy: { id: request.backwards ? 'asc' : 'desc' },
      });
      return toPage(events, request, cursorOf(cursors));
    },
    followEvents: (filter, after) =>
      streamEvents(log, {
        after,
        filter: appended,
        ...(filter !== null && {
          pick: async (events) => {
            const found = await Promise.all(events.map(({ id }) => findMatchable(id)));
            return events.filter((_event, index) => {
              const event = found[index];
              return event != null && matchesAudit(event, filter);
            });
          },
        }),
      }),
    findEvent: (id, query) => prisma.auditEvent.findUnique({ ...query, where: { id } }),
    async findHashBefore(position) {
      if (position === 1n) return chainStart.hash;
      const link = await prisma.auditLink.findUnique({ where: { position: position - 1n } });
      return link && toHex(link.hash);
    },
  };
}

/** Writes bytes as the API answers them. */
export const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
