import { PresenceStatus } from '../../generated/prisma/enums.ts';
import { builder } from '../../graphql/builder.ts';
import { EventInterface } from '../../graphql/event-types.ts';
import { UserReference } from '../../graphql/references.ts';
import { sharedEvent } from '../../graphql/shared-by.ts';
import { connectionsFor, lastSeenFor, type Presence } from './presence-state.ts';

/** Whether somebody can be reached. */
export const PresenceStatusEnum = builder.enumType('PresenceStatus', {
  description: 'Whether somebody can be reached.',
  values: {
    [PresenceStatus.ONLINE]: { description: 'They are connected.' },
    [PresenceStatus.AWAY]: { description: 'They are connected, and say that they are away.' },
    [PresenceStatus.OFFLINE]: {
      description: 'They are not connected, or do not want to be seen so.',
    },
  } as const,
});

/** Whether a user can be reached now, as the viewer sees it. */
export const PresenceType = builder.objectRef<Presence>('Presence').implement({
  description:
    'Whether a user can be reached now. To whoever was blocked by them, they look like a user who never is.',
  authScopes: { signedIn: true },
  fields: (t) => ({
    user: t.field({
      type: UserReference,
      nullable: true,
      description: 'Who; null when the viewer may not see them any more.',
      resolve: ({ user }) => user,
    }),
    userId: t.globalID({
      description: 'Whose presence; good for `node`.',
      resolve: ({ userId: id }) => ({ type: UserReference, id }),
    }),
    status: t.expose('status', {
      type: PresenceStatusEnum,
      description:
        'What they chose while they are connected, OFFLINE 5 to 10 seconds after their last connection is gone.',
    }),
    connections: t.int({
      description:
        'How many connections they have on all devices, for themself and for holders of sessions:read. For others 0 when they are OFFLINE, else 1.',
      resolve: (presence, _args, { viewer }) => connectionsFor(viewer, presence),
    }),
    lastSeenAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When the account was last used, to about ten minutes, for themself and for holders of users:read; else null.',
      resolve: (presence, _args, { viewer }) => lastSeenFor(viewer, presence),
    }),
  }),
});

builder.prismaObjectFields('User', (t) => ({
  presence: t.withAuth({ signedIn: true }).field({
    type: PresenceType,
    nullable: true,
    description: 'Whether they can be reached now.',
    resolve: (user, _args, { services, viewer }) => services.presence.presenceOf(viewer, user),
  }),
}));

builder.objectRef<typeof EventInterface.$inferType>('PresenceChanged').implement({
  interfaces: [EventInterface],
  description:
    'Others see a user in another way than before. Told to that user alone; whoever follows others has `presenceChanged`.',
  authScopes: ({ userId }) => userId !== null && { self: userId },
  ...sharedEvent(({ userId }) => [userId], 'self'),
  fields: (t) => ({
    presence: t.withAuth({ signedIn: true }).field({
      type: PresenceType,
      description: 'Their presence as it is now.',
      resolve: (_event, _args, { services, viewer }) => services.presence.ownPresence(viewer),
    }),
  }),
});
