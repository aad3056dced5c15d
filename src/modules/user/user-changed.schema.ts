import { builder } from '../../graphql/builder.ts';
import { ChangeKindEnum } from '../../graphql/enums.ts';
import { EventInterface } from '../../graphql/event-types.ts';
import { sharedBy, sharedEvent } from '../../graphql/shared-by.ts';
import { readUserChanged } from './user.events.ts';
import { User } from './user.schema.ts';

/** Lets an account be followed by the user themself and by whoever may read users. */
export const followersOf = (userId: string) => ({
  $any: { self: userId, permission: 'users:read' as const },
});

builder.objectRef<typeof EventInterface.$inferType>('UserChanged').implement({
  interfaces: [EventInterface],
  description: 'An account was made, or is different now. For those who may follow the account.',
  ...sharedEvent(({ userId }) => [userId], 'permissions', 'self'),
  authScopes: (event) => followersOf(readUserChanged(event).userId),
  fields: (t) => ({
    change: t.field({
      ...sharedBy(),
      type: ChangeKindEnum,
      description: 'What became of it.',
      resolve: (event) => readUserChanged(event).change,
    }),
    user: t.prismaField({
      ...sharedBy('permissions', 'self'),
      type: User,
      nullable: true,
      description: 'The account as it is now; null when it is gone or the viewer may not see it.',
      resolve: (query, event, _args, { services, viewer, rows }) =>
        services.users.findVisible(viewer, readUserChanged(event).userId, query, rows),
    }),
    userId: t.globalID({
      ...sharedBy(),
      description: 'Whose account; good for `node`.',
      resolve: (event) => ({ type: User, id: readUserChanged(event).userId }),
    }),
    changedFields: t.stringList({
      ...sharedBy(),
      description: 'Names of the fields of `User` that are different; none for a new account.',
      resolve: (event) => readUserChanged(event).changedFields,
    }),
  }),
});
