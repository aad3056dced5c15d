import type { EventTopic } from '../../generated/prisma/client.ts';
import type { Database } from '../../platform/database/database.ts';
import { ValidationError } from '../../platform/errors.ts';
import type { EventCursor } from '../../platform/event-log/cursor.ts';
import type { EventFilter } from '../../platform/event-log/filter.ts';
import { readEvents } from '../../platform/event-log/read.ts';
import {
  type StreamEntry,
  type StreamedEvent,
  type StreamGap,
  streamEvents,
} from '../../platform/event-log/stream.ts';
import type { EventTail } from '../../platform/event-log/tail.ts';
import { maxPageSize } from '../../platform/paging.ts';
import type { Viewer } from '../role/viewer.ts';

/** Which events of the log a viewer asks for. */
export interface EventListing {
  /** The last row seen; null begins with the oldest row that is kept. */
  after: EventCursor | null;
  /** Leaves out all other topics; null leaves out none. */
  topics: readonly EventTopic[] | null;
  /** 1 to 100. */
  limit: number;
}

/** Events of the log, in its order. */
export interface ListedEvents {
  items: StreamedEvent[];
  /** Where to read on. */
  cursor: EventCursor;
  hasMore: boolean;
  /** When set, there are no items, and reading goes on from `cursor`. */
  gap: StreamGap | null;
}

/** Reads the event log for those who may see it. */
export interface EventService {
  /** Lists events that a viewer may see; ValidationError for a bad limit. */
  listEvents(viewer: Viewer, listing: EventListing): Promise<ListedEvents>;
  /** Follows the account of one user; who may, is for the caller to ask. */
  followUser(
    userId: string,
    after: EventCursor | null,
  ): AsyncIterableIterator<StreamEntry, undefined>;
}

/** Opens the event service over the log of an instance. */
export function createEventService(
  { prisma }: Pick<Database, 'prisma'>,
  tail: EventTail,
): EventService {
  return {
    async listEvents(viewer, { after, topics, limit }) {
      if (limit < 1 || limit > maxPageSize) {
        throw new ValidationError([
          { path: ['limit'], code: 'invalid', message: 'Must be from 1 to 100.' },
        ]);
      }
      const filter = visibleTo(viewer, topics);
      const { events, gap, ...page } = await readEvents(prisma, { after, limit, filter });
      return {
        ...page,
        items: events.map((event) => ({ kind: 'event', event, replayed: true })),
        gap: gap && after && { kind: 'gap', from: after, ...gap },
      };
    },
    followUser: (userId, after) => {
      const filter: EventFilter = { userId, wholeTopics: [], topics: ['USER'] };
      return streamEvents({ prisma, tail }, { after, filter });
    },
  };
}

/** Wants what concerns a viewer, and of other users what its permissions show. */
function visibleTo(
  { userId, permissions }: Viewer,
  topics: readonly EventTopic[] | null,
): EventFilter {
  return {
    userId,
    wholeTopics: permissions.has('users:read') ? ['USER'] : [],
    topics,
  };
}
