import { builder } from '../../graphql/builder.ts';
import { EventInterface } from '../../graphql/event-types.ts';
import { sharedBy, sharedEvent } from '../../graphql/shared-by.ts';
import { involvedInMessage, messageIdOf } from './message.events.ts';
import { Message } from './message.schema.ts';
import { readersOf } from './message-readers.ts';

type Event = typeof EventInterface.$inferType;

builder.objectRef<Event>('MessageReceived').implement({
  interfaces: [EventInterface],
  description:
    'A message came to the viewer, or to a channel that they read. Seen by its recipient, or by those who read the channel when the event is told.',
  authScopes: ({ userId, audience }) =>
    userId === null ? readersOf(audience ?? '') : { self: userId },
  ...sharedEvent(involvedInMessage, 'roles', 'self'),
  fields: (t) => ({
    message: t.prismaField({
      ...sharedBy('roles', 'self'),
      type: Message,
      nullable: true,
      description: 'The message; null when it is gone or the viewer may not see it.',
      resolve: (query, event, _args, { services, viewer, rows }) =>
        services.messages.findVisible(viewer, messageIdOf(event), query, rows),
    }),
  }),
});

builder.objectRef<Event>('MessageSent').implement({
  interfaces: [EventInterface],
  description: 'The viewer sent a direct message, from this device or another. Seen by its sender.',
  authScopes: ({ userId }) => userId !== null && { self: userId },
  ...sharedEvent(({ userId }) => [userId], 'self'),
  fields: (t) => ({
    message: t.prismaField({
      ...sharedBy('roles', 'self'),
      type: Message,
      nullable: true,
      description: 'The message; null when it is gone.',
      resolve: (query, event, _args, { services, viewer, rows }) =>
        services.messages.findVisible(viewer, messageIdOf(event), query, rows),
    }),
  }),
});
