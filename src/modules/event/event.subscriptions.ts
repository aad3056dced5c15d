import { builder } from '../../graphql/builder.ts';
import { EventTopicEnum } from '../../graphql/event-types.ts';
import { sharedStream } from '../../graphql/shared-by.ts';
import { openIfAllowed } from '../../graphql/stream-guard.ts';
import { StreamItem } from '../../graphql/stream-items.ts';

builder.subscriptionField('events', (t) =>
  t.field({
    ...sharedStream(['after'], 'permissions', 'roles', 'self'),
    type: StreamItem,
    description:
      'Everything that the viewer may see, as in `Query.events`: first what came after the cursor, then StreamCaughtUp, then what happens. What was granted since it began counts from the next time on; what was taken away counts at once, and ends it with FORBIDDEN at the first event that is not for the viewer any more.',
    // A stream is filtered as it begins; whoever has lost a permission since is asked for here.
    authScopes: (root, _args, { services, viewer }) => {
      const entry = root as typeof StreamItem.$inferType;
      if (viewer === null || entry.kind !== 'event') return viewer !== null;
      return services.events.isVisible(viewer, entry.event);
    },
    args: {
      topics: t.arg({ type: [EventTopicEnum], description: 'Only these; all when left out.' }),
      after: t.arg({
        type: 'EventCursor',
        description:
          'The last place that the caller has seen; now when it is left out. BAD_USER_INPUT for what is no cursor.',
      }),
    },
    subscribe: (_root, { topics, after }, context) =>
      openIfAllowed(context, { signedIn: true }, ({ services, viewer }) =>
        services.events.followVisible(viewer, topics ?? null, after ?? null),
      ),
    resolve: (entry) => entry,
  }),
);
