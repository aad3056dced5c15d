import { builder } from '../../graphql/builder.ts';
import { sharedStream } from '../../graphql/shared-by.ts';
import { openIfAllowed } from '../../graphql/stream-guard.ts';
import { StreamItem } from '../../graphql/stream-items.ts';
import { User } from './user.schema.ts';
import { followersOf } from './user-changed.schema.ts';

builder.subscriptionField('userChanged', (t) =>
  t.field({
    type: StreamItem,
    description:
      'Changes of one account, for the user themself and for holders of users:read: first those after the cursor, then StreamCaughtUp, then those that happen.',
    // The one account that it is about is whom its events involve.
    ...sharedStream(['after'], 'permissions', 'self'),
    authScopes: (_entry, { id }) => followersOf(id.id),
    args: {
      id: t.arg.globalID({ required: true, for: User, description: 'Whose account.' }),
      after: t.arg({
        type: 'EventCursor',
        description:
          'The last place that the caller has seen; now when it is left out. BAD_USER_INPUT for what is no cursor.',
      }),
    },
    subscribe: (_root, { id, after }, context) =>
      openIfAllowed(context, followersOf(id.id), () =>
        context.services.events.followUser(id.id, after ?? null),
      ),
    resolve: (entry) => entry,
  }),
);
