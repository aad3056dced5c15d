import type { LoggedEvent } from '../generated/prisma/client.ts';
import { EventTopic } from '../generated/prisma/enums.ts';
import { eventCursorOf } from '../platform/event-log/cursor.ts';
import type { CaughtUp, StreamedEvent, StreamGap } from '../platform/event-log/stream.ts';
import { builder } from './builder.ts';

/** What an event can be about. */
export const EventTopicEnum = builder.enumType('EventTopic', {
  description: 'What an event is about.',
  values: {
    [EventTopic.USER]: { description: 'An account.' },
    [EventTopic.SESSION]: { description: 'A signed-in device.' },
    [EventTopic.SECURITY]: { description: 'Something that a user should look into.' },
  } as const,
});

/** What every event can be read as; its type is the one that it was logged with. */
export const EventInterface = builder.interfaceRef<LoggedEvent>('Event').implement({
  description: 'Something that happened. It carries ids; what they name is read as it is now.',
  resolveType: ({ type }) => type,
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The same whenever and wherever the event is read.' }),
    cursor: t.field({
      type: 'EventCursor',
      description: 'Where it stands in the log; good for `after`.',
      resolve: eventCursorOf,
    }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When it was logged.' }),
  }),
});

/** An event on its way to a reader. */
export const EventEnvelope = builder.objectRef<StreamedEvent>('EventEnvelope').implement({
  description: 'An event, and how it came.',
  authScopes: { signedIn: true },
  fields: (t) => ({
    topic: t.field({
      type: EventTopicEnum,
      description: 'What it is about.',
      resolve: ({ event }) => event.topic,
    }),
    event: t.field({
      type: EventInterface,
      description: 'What happened.',
      resolve: ({ event }) => event,
    }),
    replayed: t.exposeBoolean('replayed', {
      description: 'Whether it was read back from the log, rather than told as it happened.',
    }),
  }),
});

const StreamCaughtUpType = builder.objectRef<CaughtUp>('StreamCaughtUp').implement({
  description:
    'What was missed has been told; what follows happens now. Comes once, at first where there was nothing to tell.',
  authScopes: { signedIn: true },
  fields: (t) => ({
    cursor: t.expose('cursor', {
      type: 'EventCursor',
      description: 'Everything up to here has been told; good for `after`.',
    }),
  }),
});

const GapReasonEnum = builder.enumType('GapReason', {
  description: 'Why events are missing.',
  values: {
    RETENTION_EXCEEDED: { description: 'They are older than what is kept.' },
    SLOW_CONSUMER: { description: 'More happened than the reader took in time.' },
    LOG_RESET: { description: 'The cursor is of another log: a backup was restored.' },
  } as const,
});

/** Events that a reader cannot have any more. */
export const StreamGapType = builder.objectRef<StreamGap>('StreamGap').implement({
  description: 'Events are missing here: fetch anew what was known, rather than assume.',
  authScopes: { signedIn: true },
  fields: (t) => ({
    from: t.expose('from', {
      type: 'EventCursor',
      description: 'The last place that the reader had come to.',
    }),
    resumedAt: t.expose('resumedAt', {
      type: 'EventCursor',
      description: 'Everything up to and with this place counts as missed; good for `after`.',
    }),
    reason: t.expose('reason', { type: GapReasonEnum, description: 'Why.' }),
  }),
});

/** What a subscription to events tells. */
export const StreamItem = builder.unionType('StreamItem', {
  description: 'What a subscription to events tells, in the order of the log.',
  types: [EventEnvelope, StreamCaughtUpType, StreamGapType],
  resolveType: ({ kind }) => streamItems[kind],
});

const streamItems = {
  event: EventEnvelope,
  'caught-up': StreamCaughtUpType,
  gap: StreamGapType,
} as const;
