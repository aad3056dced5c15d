import { builder } from '../../graphql/builder.ts';
import { sharedStream } from '../../graphql/shared-by.ts';
import { openPlainIfAllowed } from '../../graphql/stream-guard.ts';
import { Message } from './message.schema.ts';
import { readersOf } from './message-readers.ts';

/** Lets everybody follow what comes to themselves, and the readers of a channel what comes to that. */
const ruleFor = (channel: unknown) =>
  typeof channel === 'string' ? { signedIn: true, ...readersOf(channel) } : { signedIn: true };

builder.subscriptionField('messageReceived', (t) =>
  t
    .withAuth((_message, { channel }) => ruleFor(channel))
    .field({
      ...sharedStream([], 'roles', 'self'),
      type: Message,
      description:
        'Direct messages to the viewer as they come, or those to a channel that the viewer reads. Tells nothing of what came before, nor of what a slow reader has missed: `events` does. FORBIDDEN for a channel that the viewer does not read, also once they no longer do.',
      args: {
        channel: t.arg.string({
          description:
            'Which channel, "broadcast" or "role:" and a key; direct messages when it is left out.',
        }),
      },
      subscribe: (_root, { channel }, context) =>
        openPlainIfAllowed(context, ruleFor(channel), () =>
          context.services.messages.follow(context.viewer, channel ?? null),
        ),
      resolve: ({ message }) => message,
    }),
);
