import type { LoggedEvent } from '../generated/prisma/client.ts';
import { EventTopic } from '../generated/prisma/enums.ts';
import { eventCursorOf } from '../platform/event-log/cursor.ts';
import type { StreamedEvent } from '../platform/event-log/stream-entries.ts';
import { builder } from './builder.ts';
import { sharedBy } from './shared-by.ts';

/** What an event can be about. */
export const EventTopicEnum = builder.enumType('EventTopic', {
  description: 'What an event is about.',
  values: {
    [EventTopic.USER]: { description: 'An account.' },
    [EventTopic.SESSION]: { description: 'A signed-in device.' },
    [EventTopic.SECURITY]: { description: 'Something that a user should look into.' },
    [EventTopic.MESSAGE]: { description: 'A message to a user or a channel.' },
    [EventTopic.PRESENCE]: { description: 'Whether somebody can be reached now.' },
    [EventTopic.AUDIT]: { description: 'An entry of the audit trail.' },
    [EventTopic.SYSTEM]: {
      description: 'Something that concerns the whole server, such as a role.',
    },
  } as const,
});

/** What every event can be read as; its type is the one that it was logged with. */
export const EventInterface = builder.interfaceRef<LoggedEvent>('Event').implement({
  description: 'Something that happened. It carries ids; what they name is read as it is now.',
  resolveType: ({ type }) => type,
  fields: (t) => ({
    id: t.exposeID('id', {
      ...sharedBy(),
      description: 'The same whenever and wherever the event is read.',
    }),
    cursor: t.field({
      ...sharedBy(),
      type: 'EventCursor',
      description: 'Where it stands in the log; good for `after`.',
      resolve: eventCursorOf,
    }),
    occurredAt: t.expose('occurredAt', {
      ...sharedBy(),
      type: 'DateTime',
      description: 'When it was logged.',
    }),
  }),
});

/** An event on its way to a reader. */
export const EventEnvelope = builder.objectRef<StreamedEvent>('EventEnvelope').implement({
  description: 'An event, and how it came.',
  authScopes: { signedIn: true },
  ...sharedBy(),
  fields: (t) => ({
    topic: t.field({
      ...sharedBy(),
      type: EventTopicEnum,
      description: 'What it is about.',
      resolve: ({ event }) => event.topic,
    }),
    event: t.field({
      ...sharedBy(),
      type: EventInterface,
      description: 'What happened.',
      resolve: ({ event }) => event,
    }),
    replayed: t.exposeBoolean('replayed', {
      ...sharedBy(),
      description: 'Whether it was read back from the log, rather than told as it happened.',
    }),
  }),
});
