import type { EventTopic, LoggedEvent } from '../../generated/prisma/client.ts';
import { batchLoads } from '../../platform/batch-loads.ts';
import { ValidationError } from '../../platform/errors.ts';
import type { EventCursor } from '../../platform/event-log/cursor.ts';
import { type EventFilter, matches } from '../../platform/event-log/filter.ts';
import { findFinalCursors, readEvents } from '../../platform/event-log/read.ts';
import { type StreamSource, streamEvents } from '../../platform/event-log/stream.ts';
import type {
  StreamEntry,
  StreamedEvent,
  StreamGap,
} from '../../platform/event-log/stream-entries.ts';
import { maxPageSize } from '../../platform/paging.ts';
import { channelsOf } from '../role/channels.ts';
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
  /**
   * Follows what a viewer may see as the stream begins; null leaves out no topic. What was taken
   * away since is for the caller to ask with each event.
   */
  followVisible(
    viewer: Viewer,
    topics: readonly EventTopic[] | null,
    after: EventCursor | null,
  ): AsyncIterableIterator<StreamEntry, undefined>;
  /** Tells whether a viewer, as they are now, may see an event. */
  isVisible(viewer: Viewer, event: LoggedEvent): boolean;
  /**
   * Finds the place of an event by its id; null when the log does not hold it any more, and as long as
   * others may still be written before it.
   */
  findCursor(eventId: string): Promise<EventCursor | null>;
  /** Follows the account of one user; who may, is for the caller to ask. */
  followUser(
    userId: string,
    after: EventCursor | null,
  ): AsyncIterableIterator<StreamEntry, undefined>;
}

/** Opens the event service over the log of an instance. */
export function createEventService(source: StreamSource): EventService {
  const findCursor = batchLoads((ids) => findFinalCursors(source.prisma, ids));
  return {
    async listEvents(viewer, { after, topics, limit }) {
      if (limit < 1 || limit > maxPageSize) {
        throw new ValidationError([
          { path: ['limit'], code: 'invalid', message: 'Must be from 1 to 100.' },
        ]);
      }
      const filter = visibleTo(viewer, topics);
      const { events, gap, ...page } = await readEvents(source.prisma, { after, limit, filter });
      return {
        ...page,
        items: events.map((event) => ({ kind: 'event', event, replayed: true })),
        gap: gap && after && { kind: 'gap', from: after, ...gap },
      };
    },
    followVisible: (viewer, topics, after) =>
      streamEvents(source, { after, filter: visibleTo(viewer, topics) }),
    isVisible: (viewer, event) => matches(event, visibleTo(viewer, null)),
    findCursor,
    followUser: (userId, after) => {
      const filter: EventFilter = { userId, wholeTopics: [], audiences: [], topics: ['USER'] };
      return streamEvents(source, { after, filter });
    },
  };
}

/**
 * Wants what concerns a viewer, and of other users what its permissions show. The one place that
 * says which events are whose: lists and streams are filtered by it, and each event of a stream is
 * held to it again.
 */
function visibleTo(viewer: Viewer, topics: readonly EventTopic[] | null): EventFilter {
  const { userId, permissions } = viewer;
  const wholeTopics: EventTopic[] = [];
  if (permissions.has('users:read')) wholeTopics.push('USER');
  if (permissions.has('audit:read')) wholeTopics.push('AUDIT');
  return {
    userId,
    wholeTopics,
    audiences: channelsOf(viewer),
    topics,
  };
}
