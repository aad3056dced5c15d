import { builder } from '../../graphql/builder.ts';
import { decodeIdsOf } from '../../graphql/global-id.ts';
import { openPlainIfAllowed } from '../../graphql/stream-guard.ts';
import { PresenceType } from './presence.schema.ts';
import { presenceFor } from './presence-state.ts';

builder.subscriptionField('presenceChanged', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: PresenceType,
    description:
      'Who can be reached: first each of the users as they are now, then each whose status changes, with what it is by then. Whom the viewer may not see is left out, and whom they may not see any more is told of once, without `user`; without users it stays silent.',
    complexity: ({ userIds }) => 1 + userIds.length,
    args: {
      // Decoded once: arguments are read anew for each answer.
      userIds: t.arg.idList({
        required: true,
        description: 'Whom to follow, at most 100; more is refused with BAD_USER_INPUT.',
      }),
    },
    subscribe: (_root, { userIds }, context) =>
      openPlainIfAllowed(context, { signedIn: true }, () =>
        context.services.presence.follow(context.caller, decodeIdsOf('User', userIds)),
      ),
    resolve: (presence, _args, { viewer }) => presenceFor(viewer, presence),
  }),
);
