import { builder } from '../../graphql/builder.ts';
import { EventEnvelope, EventTopicEnum } from '../../graphql/event-types.ts';
import { onceInPage } from '../../graphql/field-complexity.ts';
import { StreamGapType } from '../../graphql/stream-items.ts';
import { maxPageSize } from '../../platform/paging.ts';
import type { ListedEvents } from './event.service.ts';

const EventPage = builder.objectRef<ListedEvents>('EventPage').implement({
  description: 'Events in the order of the log, and where to read on.',
  authScopes: { signedIn: true },
  fields: (t) => ({
    items: t.field({
      type: [EventEnvelope],
      complexity: onceInPage,
      description: 'The events that the viewer may see.',
      resolve: ({ items }) => items,
    }),
    cursor: t.expose('cursor', {
      type: 'EventCursor',
      description: 'Where to read on, also when there is nothing yet; good for `after`.',
    }),
    hasMore: t.exposeBoolean('hasMore', {
      description: 'Whether more can be read right away.',
    }),
    gap: t.expose('gap', {
      type: StreamGapType,
      nullable: true,
      description: 'Says that events are missing; then there are no items, and `cursor` goes on.',
    }),
  }),
});

builder.queryField('events', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: EventPage,
    nullable: true,
    description:
      'Events that concern the viewer or a channel that they read, and for holders of users:read all of topic USER, of audit:read all of topic AUDIT: the pull form of what subscriptions tell. Each event comes once, in one order, on every instance.',
    complexity: ({ limit }) => ({
      multiplier: Math.min(Math.max(limit ?? maxPageSize, 1), maxPageSize),
    }),
    args: {
      after: t.arg({
        type: 'EventCursor',
        description: 'Only what comes after it; from the oldest event kept when it is left out.',
      }),
      topics: t.arg({ type: [EventTopicEnum], description: 'Only these; all when left out.' }),
      limit: t.arg.int({
        defaultValue: maxPageSize,
        description: 'How many events at most, 1 to 100; more is refused with BAD_USER_INPUT.',
      }),
    },
    resolve: (_root, { after, topics, limit }, { services, viewer }) =>
      services.events.listEvents(viewer, {
        after: after ?? null,
        topics: topics ?? null,
        limit: limit ?? maxPageSize,
      }),
  }),
);
